"""The supervisor's configuration, generated from the list of programs."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from candlestack_core.settings import REPOSITORY
from candlestack_local import starter
from candlestack_local.programs import Group, Program
from candlestack_local.servers import ServerError
from candlestack_local.starter import NEVER_RESTARTED
from candlestack_local.state import StateFolder

# Started in this order and, as whole groups, stopped in the reverse: readers and writers before servers. The
# batch group is started by `make up`, when the live one lives.
_PRIORITIES = {Group.SERVERS: 100, Group.LIVE: 200, Group.BATCH: 300}


def render(programs: Sequence[Program], state: StateFolder) -> str:
    """Return the text of supervisord.conf. It may hold passwords: keep it from other users.

    Raises:
        ServerError: a setting cannot be written into it.
        MissingDependencyError: a server is not installed.
    """
    sections = [_head(state)]
    for group in Group:
        members = [program for program in programs if program.group is group]
        if members:
            names = ",".join(program.name for program in members)
            sections.append(f"[group:{group}]\nprograms={names}\npriority={_PRIORITIES[group]}\n")
            sections += [_program(program, state) for program in members]
    return "\n".join(sections)


def _head(state: StateFolder) -> str:
    return f"""\
; Written by `make up` from the list of programs; do not edit.
[supervisord]
nodaemon=false
identifier=candlestack
directory={_literal(state.run)}
pidfile={_literal(state.supervisor_pid)}
logfile={_literal(state.logs / "supervisord.log")}
logfile_maxbytes=1MB
logfile_backups=1
childlogdir={_literal(state.logs)}
umask=077
minfds=1024
silent=true

[unix_http_server]
file={_literal(state.supervisor_socket)}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""


def _program(program: Program, state: StateFolder) -> str:
    if program.is_task:
        # Done once it has ended well, and started again while it fails; it waits for its servers itself.
        life = "autorestart=unexpected\nexitcodes=0"
    elif program.restarts:
        life = f"autorestart=unexpected\nexitcodes={NEVER_RESTARTED}"
    else:
        life = "autorestart=false"
    return f"""\
[program:{program.name}]
command={_command(program, state)}
directory={_literal(REPOSITORY)}
environment={_environment(program)}
{life}
autostart={"false" if program.group is Group.BATCH else "true"}
; Of an end within startsecs the supervisor does not keep the exit code, which says whether to start again.
startsecs=0
stopsignal=TERM
stopwaitsecs={program.stop_timeout_s}
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={_literal(state.log_of(program.name))}
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=2
"""


def _environment(program: Program) -> str:
    variables = {**program.environment, "PYTHONUNBUFFERED": "1"}
    for name, text in variables.items():
        if _unwritable(text) or "'" in text or '"' in text:
            raise ServerError(
                f"bad setting {name}: make up cannot pass on quotes, line breaks, or ; and # after a space"
            )
    return ",".join(f'{name}="{_literal(text)}"' for name, text in sorted(variables.items()))


def _command(program: Program, state: StateFolder) -> str:
    nice = ["nice", "-n", str(program.niceness)] if program.niceness else []
    # Isolated, for it runs in the root, some of whose folders are called like packages.
    first = [sys.executable, "-I", starter.__file__, str(state.start_of(program.name))]
    command = shlex.join([*nice, *(first if program.restarts else []), *program.command()])
    if _unwritable(command):
        raise ServerError(
            f"{program.name}: make up cannot run a command with line breaks, or ; and # after a space: {command}"
        )
    return _literal(command)


def _unwritable(text: str) -> bool:
    """Say whether the file's format would cut the text off, for it knows no way of quoting these."""
    return any(part in text for part in ("\n", "\r", " ;", " #"))


def _literal(text: object) -> str:
    return str(text).replace("%", "%%")
