"""The system user that the embedded PostgreSQL server runs as: ourselves, or another one when we are root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from leadlight.kit.errors import LeadlightError

NAME = "leadlight-pg"


class NoServerUser(LeadlightError):
    """PostgreSQL does not run as root and needs a user of its own. Make the system user leadlight-pg, or do not be root."""

    code = "no_server_user"


@dataclass(frozen=True)
class ServerUser:
    """Whom to run the server as; all None means: as we are."""

    uid: int
    name: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None

    def own(self, path: Path) -> None:
        """Make the user the owner of `path`."""
        if self.name is not None and self.group is not None:
            os.chown(path, self.name, self.group, follow_symlinks=False)

    def may_reach(self, path: Path) -> None:
        """Let the user pass through the directories above `path`; reading them stays as it was."""
        if self.name is not None:
            for parent in path.resolve().parents:
                _add_mode(parent, 0o001)

    def may_read(self, tree: Path) -> None:
        """Let the user read and run what lies in `tree`, which a strict umask may have closed."""
        if self.name is None:
            return
        self.may_reach(tree)
        for path in (tree, *tree.rglob("*")):
            if not path.is_symlink():
                _add_mode(path, 0o005 if path.is_dir() or path.stat().st_mode & 0o100 else 0o004)


def server_user() -> ServerUser:
    """PostgreSQL refuses to run as root; then a system user of its own is found or made."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid())
    entry = _find_user() or _make_user()
    return ServerUser(entry.pw_uid, entry.pw_uid, entry.pw_gid, ())


def _find_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _make_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _find_user()  # also when another process of ours was quicker
    if found is None:
        raise NoServerUser(made.stderr.strip())
    return found


def _add_mode(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)
