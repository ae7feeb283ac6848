# SPDX-License-Identifier: Apache-2.0
"""Where facts and nouns become durable together: in memory for tests and demonstrations, in SQLite for everything else."""
