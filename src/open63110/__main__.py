# SPDX-License-Identifier: Apache-2.0
"""`python -m open63110`: the command line where the script is not on the path."""

import sys

from open63110.cli import main

if __name__ == "__main__":
    sys.exit(main())
