"""Prepare a local installation with the sample data, then serve it (`serve`) or only tell of it (`demo`)."""

import os
import sys

from django.core.management import CommandError
from prepare import prepare, set_environment
from serve import serve


def main(mode: str, port: int) -> int:
    """Return the exit code: 0 when all went well."""
    set_environment(port)
    if mode == "demo":
        prepare(["sample_accounts", "demo_certificate"])
        return 0
    prepare(["sample_accounts"])
    return serve(port)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # progress shows in pipes too
    try:
        sys.exit(main(sys.argv[1], int(os.environ["PORT"])))
    except KeyboardInterrupt:
        sys.exit(130)
    except CommandError as error:
        sys.exit(str(error))
