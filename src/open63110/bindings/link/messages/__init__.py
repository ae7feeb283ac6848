# SPDX-License-Identifier: Apache-2.0
"""The messages of the use cases on the link: numbers, shapes, bodies, and who may send them."""
