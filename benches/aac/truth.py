"""What each sample holds, read a third way: with Python's own json, csv, zipfile, sqlite3 and ElementTree, straight from the
fields that ../shared/reference/aac-formats.md names, and with nothing of Heard or of the peer. No limits, no care for
damage: for honest samples only.

    truth.py FILE...    prints {FILE: {"pages": [{"name", "buttons": [{"label", "spoken", "hidden", "opens"}]}],
                                       "events": [{"text", "at", "modelled"}]}}
"""
import csv
import io
import json
import re
import sqlite3
import struct
import sys
import zipfile
from datetime import datetime, timedelta
from xml.etree import ElementTree


def page(name, buttons):
    return {"name": name, "buttons": list(buttons)}


def button(label, spoken, hidden=False, opens=None):
    return {"label": label or "", "spoken": spoken or None, "hidden": bool(hidden), "opens": opens}


def event(text, at=None, modelled=None):
    return {"text": text, "at": at, "modelled": None if modelled is None else bool(modelled)}


def rows(database, statement):
    try:
        return database.execute(statement).fetchall()
    except sqlite3.OperationalError:
        return []


def ticks(count):
    """.NET's ticks: tenths of microseconds since the year 1."""
    return (datetime(1, 1, 1) + timedelta(microseconds=count // 10)).isoformat()


def board(obf, names):
    for one in obf["buttons"]:
        acts = one.get("action") or one.get("actions")
        spoken = one.get("vocalization") or (None if acts else one.get("label"))
        link = one.get("load_board") or {}
        opens = names.get(link.get("path")) or names.get(link.get("id"))
        yield button(one.get("label"), spoken, one.get("hidden"), opens)


def obz(archive):
    boards = [(name, json.loads(archive.read(name))) for name in archive.namelist() if name.endswith(".obf")]
    names = {key: one["name"] for path, one in boards for key in (path, one["id"])}
    return {"pages": [page(one["name"], board(one, names)) for _, one in boards], "events": []}


def runs(element):
    return "".join("".join(run.itertext()) for run in element.iter("r"))


def grid_cells(grid):
    for cell in grid.find("Cells"):
        content = cell.find("Content")
        if content is None:
            continue
        kind = content.findtext("ContentType")
        caption = content.findtext("CaptionAndImage/Caption")
        # The place where written words appear bears the name of what it is.
        label = caption or (content.findtext("ContentSubType") if kind == "Workspace" else None)
        written, opens = "", None
        for command in content.findall("Commands/Command"):
            for parameter in command:
                if command.get("ID") == "Action.InsertText" and parameter.get("Key") == "text":
                    written += runs(parameter)
                if command.get("ID") == "Jump.To" and parameter.get("Key") == "grid":
                    opens = parameter.text.strip()
        if label or written.strip():
            yield button(label, written, content.findtext("Visibility") == "Hidden", opens)


def gridset(archive):
    names = [name for name in archive.namelist() if name.endswith("/grid.xml")]
    grids = [(name.split("/")[-2], ElementTree.fromstring(archive.read(name))) for name in names]
    return {"pages": [page(name, grid_cells(grid)) for name, grid in grids], "events": []}


def touchchat(database):
    names = dict(rows(database, "select rid, name from resources"))
    opens = {resource: names.get(rid) for resource, rid in rows(database, """
        select actions.resource_id, action_data.value from actions join action_data on action_data.action_id = actions.id
        where actions.code in (1, 8, 9, 73)""")}
    pages = []
    for number, name in rows(database, "select pages.id, name from pages join resources on resources.id = resource_id order by pages.id"):
        found = rows(database, f"""
            select buttons.resource_id, label, message, visible from button_box_instances as boxes
            join button_box_cells using (button_box_id) join buttons on buttons.resource_id = button_box_cells.resource_id
            where boxes.page_id = {number} order by location""")
        pages.append(page(name, (button(label, message, visible == 0, opens.get(key)) for key, label, message, visible in found)))
    return {"pages": pages, "events": []}


def snap(database):
    titles = dict(rows(database, "select UniqueId, Title from Page"))
    links = {key: titles.get(to) for key, to in rows(database, "select ButtonId, PageUniqueId from ButtonPageLink")}
    links |= dict(rows(database, "select Button.Id, Title from Button join Page on Page.Id = NavigatePageId"))
    pages = []
    for number, title in rows(database, "select Id, Title from Page order by Id"):
        found = rows(database, f"""
            select Button.Id, Label, Message from Button join ElementReference on ElementReference.Id = ElementReferenceId
            where PageId = {number} order by Button.Id""")
        # Of the layouts of a page the one that shows the most; older page sets have none.
        visible = dict(rows(database, f"""
            select Button.Id, Visible from Button join ElementPlacement using (ElementReferenceId) where PageLayoutId = (
                select PageLayoutId from ElementPlacement join PageLayout on PageLayout.Id = PageLayoutId where PageId = {number}
                group by PageLayoutId order by count(*) desc, sum(Visible) desc limit 1)"""))
        pages.append(page(title, (button(label, words or label, visible.get(key) == 0, links.get(key)) for key, label, words in found)))
    usage = rows(database, """
        select coalesce(nullif(Message, ''), Label), Timestamp, Modeling from ButtonUsage
        join Button on Button.UniqueId = ButtonUniqueId order by Timestamp""")
    return {"pages": pages, "events": [event(text, ticks(at), modelled) for text, at, modelled in usage]}


def history(database):
    found = rows(database, """
        select Text, Content, Timestamp from PhraseHistory join Phrases on Phrases.Id = PhraseId
        where Timestamp <> 0 order by Timestamp""")
    read = lambda text, content: runs(ElementTree.fromstring(content)) if content and content.startswith("<") else text
    return {"pages": [], "events": [event(read(text, content), ticks(at)) for text, content, at in found]}


def asterics(grids):
    metadata = grids.get("metadata", {})
    own = metadata.get("localeConfig", {}).get("contentLang")
    words = lambda label: label if isinstance(label, str) else (label.get(own) or label.get("en") or next((one for one in label.values() if one), ""))
    names = {grid["id"]: words(grid["label"]) for grid in grids["grids"]}

    def elements(grid):
        for element in grid["gridElements"]:
            label, spoken, opens = words(element.get("label") or {}), None, None
            for action in element["actions"]:
                kind = action["modelName"]
                spoken = {"GridActionSpeak": label, "GridActionSpeakCustom": words(action.get("speakText") or {})}.get(kind, spoken)
                if kind == "GridActionNavigate":
                    home = action.get("navType") == "navigateToHomeGrid"
                    opens = names.get(metadata.get("homeGridId") if home else action.get("toGridId"))
            yield button(label, spoken, element.get("hidden"), opens)

    return {"pages": [page(words(grid["label"]), elements(grid)) for grid in grids["grids"]], "events": []}


def cboard(boards):
    names = {one["id"]: one["name"] for one in boards}
    label = lambda tile: tile.get("label") or tile.get("labelKey", "").split(".")[-1]
    tiles = lambda one: (button(label(tile), tile.get("vocalization") or label(tile), False, names.get(tile.get("loadBoard"))) for tile in one["tiles"])
    return {"pages": [page(one["name"], tiles(one)) for one in boards], "events": []}


def obl(log):
    def text(one):
        if "correct" in one:
            return "correct" if one["correct"] else "not correct"
        return one.get("text") or one.get("vocalization") or one.get("label") or one.get("action")

    found = [event(text(one), one.get("timestamp"), one.get("modeling")) for session in log["sessions"] for one in session["events"]]
    return {"pages": [], "events": sorted(found, key=lambda one: one["at"])}


def lam(text):
    day, found = "", []
    for line in text.splitlines():
        dated = re.match(r"\*\[YY-MM-DD=([\d-]+)\]", line)
        press = re.match(r'(\d\d:\d\d:\d\d\.\d+) (\S+) ?(.*)', line)
        if dated:
            day = f"20{dated[1]}T"
        elif press:
            words = re.fullmatch(r'"(.*)"', press[3])
            shown = words[1] if words and press[2] != "CTL" else f"{press[2]} {press[3]}"
            found.append(event(shown, day + press[1]))
    return {"pages": [], "events": found}


def speak_for_yourself(table):
    when = lambda text: datetime.strptime(text, "%b %d, %Y %I:%M:%S %p").isoformat()
    return {"pages": [], "events": [event(row["Word or Utterance"], when(row["Date and Time"])) for row in csv.DictReader(table)]}


def phrases(data):
    at, found = 12, []
    for _ in range(struct.unpack_from("<I", data, 8)[0]):
        length = data[at + 3]
        found.append(event(data[at + 4:at + 4 + 2 * length].decode("utf-16-le")))
        at += 8 + 2 * length
    return {"pages": [], "events": found}


def read(path):
    data = open(path, "rb").read()
    if data.startswith(b"SQLite"):
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        return history(database) if path.endswith("history.sqlite") else snap(database)
    if data.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        vocabulary = next((name for name in archive.namelist() if name.endswith(".c4v")), None)
        if vocabulary:
            database = sqlite3.connect(":memory:")
            database.deserialize(archive.read(vocabulary))
            return touchchat(database)
        return gridset(archive) if path.endswith(".gridset") else obz(archive)
    if path.endswith(".phr"):
        return phrases(data)
    text = data.decode("utf-8-sig")
    if path.endswith(".csv"):
        return speak_for_yourself(io.StringIO(text))
    if path.endswith(".txt"):
        return lam(text)
    found = json.loads(re.sub(r"^\s*/\*.*?\*/", "", text, flags=re.DOTALL))
    if path.endswith(".obl"):
        return obl(found)
    if isinstance(found, list):
        return cboard(found)
    return asterics(found) if "grids" in found else {"pages": [page(found["name"], board(found, {}))], "events": []}


print(json.dumps({path: read(path) for path in sys.argv[1:]}))
