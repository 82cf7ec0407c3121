"""Types into `carbyne wallet` at a pseudo-terminal and reads what it says."""

import os
import pty
import re
import select
import sys
import time

program, node, key = sys.argv[1:]
environment = dict(os.environ, TERM="xterm", NO_COLOR="1")
child, terminal = pty.fork()
if child == 0:
    os.execve(program, [program, "wallet", "--node", node], environment)

seen = ""


def expect(text, seconds=30):
    """Reads until a text appears; what came before it is forgotten."""
    global seen
    end = time.time() + seconds
    while text not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0, end - time.time()))
        if not ready:
            sys.exit(f"{text!r} did not appear in {seen!r}")
        data = os.read(terminal, 65536).decode(errors="replace")
        seen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", data)
    before, seen = seen.split(text, 1)
    return before


def say(text):
    os.write(terminal, (text + "\r").encode())


def say_secret(text):
    """People take longer than it takes to stop the echo after a prompt."""
    time.sleep(0.3)
    say(text)


expect("new >>> ")
# The password is asked for twice, and nothing of it is shown.
say("set_password")
expect("password: ")
say_secret("correct horse")
expect("locked >>> ")
say("unlock")
expect("password: ")
say_secret("wrong horse")
expect("does not open")
expect("locked >>> ")
say("unlock")
expect("password: ")
say_secret("correct horse")
shown = expect("unlocked >>> ")
assert "correct horse" not in shown, "a password is not shown"
say("import_key dev")
expect("wif_key: ")
say_secret(key)
expect("true")
expect("unlocked >>> ")
# Commands are completed, and asked before something is sent.
os.write(terminal, b"list_my_acc\t\r")
expect("dev")
expect("unlocked >>> ")
say("gethelp transfer")
expect("example: transfer")
expect("unlocked >>> ")
say("transfer dev init0 10 BTS hello")
expect("Transfer 10.00000 BTS from dev to init0")
expect("fee")
expect("send it? [y/N] ")
say("n")
expect("nothing was sent")
expect("unlocked >>> ")
say("transfer dev init0 10 BTS hello")
expect("send it? [y/N] ")
say("y")
expect("in block")
expect("unlocked >>> ")
say("list_account_balances init0")
expect("10.00000  BTS")
expect("unlocked >>> ")
say("no_such_command")
expect("there is no command")
expect("unlocked >>> ")
say("lock")
expect("locked >>> ")
say("quit")
_, status = os.waitpid(child, 0)
history = open("carbyne.history").read()
assert key not in history, "a key is not kept in the history"
sys.exit(os.waitstatus_to_exitcode(status))
