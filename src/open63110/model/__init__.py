# SPDX-License-Identifier: Apache-2.0
"""The nouns of the standard, and the facts about them that more than one use case speaks."""
