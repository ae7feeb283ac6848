# SPDX-License-Identifier: Apache-2.0
"""The controller of a charging station: the station's role of the use cases between a hardware and a link."""
