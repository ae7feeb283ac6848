# SPDX-License-Identifier: Apache-2.0
"""Frames, headers and greetings as bytes, and the small sets and counts a session keeps."""
