# SPDX-License-Identifier: Apache-2.0
"""The 63110 link: the native binding of IEC 63110-1, published in docs/bindings/link.md."""
