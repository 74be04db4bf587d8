# SPDX-License-Identifier: BSD-2-Clause
"""python3 -m harness"""

import signal
import sys

# Until there is somebody to tell it (processes.signals), an interrupt just ends us.
if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

try:
    from harness.commands import main
except ModuleNotFoundError as missing:
    if sys.argv[1:] == ["doctor"]:
        from harness import doctor

        sys.exit(0 if doctor.examine() else 1)
    sys.exit(
        f"twentyfold: {sys.executable} has no module {missing.name}: "
        "'make doctor' tells which Debian packages are missing"
    )

sys.exit(main())
