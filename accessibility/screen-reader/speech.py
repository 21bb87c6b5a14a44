#!/usr/bin/python3 -u
"""A voice that writes: an output module for speech-dispatcher that puts words into a file and makes no sound.

speech-dispatcher starts it in the place of a synthesiser and talks with it over stdin and stdout, by the protocol of
its output modules (speech-dispatcher's manual, "Output Modules" and "Communication Protocol for Output Modules").
Each thing that the screen reader says becomes one line of JSON in $HEARD_SPEECH_FILE:
{"at": seconds, "text": words, "heard": characters that were said before something cut it off}. What takes its time
is told of when it begins, too: {"begins": seconds}.

A message takes $HEARD_SPEECH_MS milliseconds and $HEARD_SPEECH_MS_A_CHARACTER for each of its characters, so that
reading on and interrupting go as with a voice. About 65 ms a character is an ordinary pace; people who listen all day
use 15 to 25.
"""
import html
import json
import os
import re
import select
import sys
import time

FILE = os.environ["HEARD_SPEECH_FILE"]
EACH = float(os.environ.get("HEARD_SPEECH_MS", "15")) / 1000
CHARACTER = float(os.environ.get("HEARD_SPEECH_MS_A_CHARACTER", "0")) / 1000

came = b""


def answer(*lines):
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def line_within(seconds=None):
    """The next line; None when none came in time. The end of the input ends the program."""
    global came
    until = None if seconds is None else time.monotonic() + seconds
    while b"\n" not in came:
        left = None if until is None else max(0.0, until - time.monotonic())
        if not select.select([0], [], [], left)[0]:
            return None
        read = os.read(0, 65536)
        if not read:
            sys.exit(0)
        came += read
    line, came = came.split(b"\n", 1)
    return line.decode("utf-8", "replace")


def data():
    """What stands before a line with one dot; a line that begins with a dot has one more."""
    lines = []
    while (line := line_within()) != ".":
        lines.append(line[1:] if line.startswith("..") else line)
    return "\n".join(lines)


def write(fact):
    with open(FILE, "a", encoding="utf-8") as file:
        file.write(json.dumps(fact, ensure_ascii=False) + "\n")


def speak(command):
    """Says it, and gives the command that cut it off, if it is one that we must still answer."""
    answer("202 OK RECEIVING MESSAGE")
    given = data()
    text = html.unescape(re.sub(r"<[^>]*>", "", given)) if command == "SPEAK" else given
    text = " ".join(text.split())
    answer("200 OK SPEAKING", "701 BEGIN")
    at = time.time()
    if CHARACTER:
        write({"begins": at})
    next_line = line_within(EACH + CHARACTER * len(text))
    cut = next_line in ("STOP", "PAUSE")
    heard = len(text)
    if cut and CHARACTER:
        heard = min(heard, int(max(0.0, time.time() - at - EACH) / CHARACTER))
    write({"at": at, "text": text, "heard": heard})
    if cut:
        answer("703 STOP" if next_line == "STOP" else "704 PAUSE")
        return None
    for mark in re.findall(r'<mark name="([^"]*)"', given):
        answer(f"700-{mark}", "700 INDEX MARK")
    answer("702 END")
    return next_line


waiting = None
while True:
    line = (waiting if waiting is not None else line_within()).strip()
    waiting = None
    if line == "INIT":
        answer("299-Writes what is said into a file.", "299 OK LOADED SUCCESSFULLY")
    elif line in ("AUDIO", "LOGLEVEL"):
        answer(f"207 OK RECEIVING {line} SETTINGS")
        data()
        answer("203 OK AUDIO INITIALIZED" if line == "AUDIO" else "203 OK LOG LEVEL SET")
    elif line == "SET":
        answer("203 OK RECEIVING SETTINGS")
        data()
        answer("203 OK SETTINGS RECEIVED")
    elif line in ("SPEAK", "CHAR", "KEY", "SOUND_ICON"):
        waiting = speak(line)
    elif line == "LIST VOICES":
        answer("200-written\ten-GB\tnone", "200 OK VOICE LIST SENT")
    elif line in ("STOP", "PAUSE", ""):
        pass
    elif line.startswith("DEBUG"):
        answer("200 OK DEBUGGING")
    elif line == "QUIT":
        answer("210 OK QUIT")
        break
    else:
        answer("300 ERR UNKNOWN COMMAND")
