# SPDX-License-Identifier: Apache-2.0
"""What lies in the data folder of a station."""

JOURNAL, TOLD, FRAMES, OUTBOX, WIPE = "station.db", "told.json", "frames", "link.db", "wipe.json"
