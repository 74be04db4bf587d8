# SPDX-License-Identifier: BSD-2-Clause
"""python3 -m harness"""

import os
import signal
import sys

from harness import modules

# Until there is somebody to tell it (processes.signals), an interrupt just ends us.
if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

if modules.is_old():
    version = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, modules.OLDEST))
    sys.exit(
        "twentyfold: %s is Python %s, but %s or newer is needed: set PYTHON= to one"
        % (sys.executable, version, oldest)
    )

# Whatever the locale, files are UTF-8; whatever PYTHON* variables say, nothing changes.
if not (sys.flags.utf8_mode and sys.flags.ignore_environment):
    flags = ["-E", "-B", "-X", "utf8", "-m", "harness"]
    os.execv(sys.executable, [sys.executable] + flags + sys.argv[1:])

lacking = modules.missing()
if lacking:
    if sys.argv[1:] == ["doctor"]:
        from harness import doctor

        sys.exit(0 if doctor.examine() else 1)
    sys.exit(
        "twentyfold: %s has no module %s: 'make doctor' tells which Debian packages are "
        "missing" % (sys.executable, lacking[0])
    )

from harness.command_line import main  # noqa: E402

sys.exit(main())
