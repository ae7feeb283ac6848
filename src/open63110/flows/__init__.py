# SPDX-License-Identifier: Apache-2.0
"""Where one use case leads to another, one file each."""
