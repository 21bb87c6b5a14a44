"""Makes large files for the benches, alike each time: a set of 12,000 buttons (300 pages of 40, each with a word of its own, a
longer thing to say, and one link) as each maker writes it, and logs of 20,000 events.

    made.py FIXTURES FOLDER    FIXTURES is tests/fixtures/aac: the empty tables of its databases are used again
"""
import json
import sqlite3
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

PAGES, BUTTONS, COLUMNS, EVENTS = 300, 40, 8, 20_000
fixtures, folder = map(Path, sys.argv[1:])
folder.mkdir(parents=True, exist_ok=True)


def words(page):
    """Number, label, what it says, and the page that it opens."""
    for at in range(BUTTONS):
        yield at, f"word {page}.{at}", f"I want word {page}.{at}, please.", (page + 1) % PAGES if at == 0 else None


def packed(name, parts):
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts:
            archive.writestr(zipfile.ZipInfo(path, (2024, 10, 3, 9, 15, 0)), text, zipfile.ZIP_DEFLATED)


def board(page):
    def button(at, label, spoken, opens):
        link = {} if opens is None else {"load_board": {"path": f"boards/{opens}.obf"}}
        return {"id": str(at), "label": label, "vocalization": spoken, "background_color": "rgb(255, 255, 255)", **link}

    order = [[str(row * COLUMNS + column) for column in range(COLUMNS)] for row in range(BUTTONS // COLUMNS)]
    return {"format": "open-board-0.1", "id": f"p{page}", "name": f"Page {page}", "locale": "en",
            "grid": {"rows": BUTTONS // COLUMNS, "columns": COLUMNS, "order": order},
            "buttons": [button(*word) for word in words(page)], "images": [], "sounds": []}


def obz():
    boards = {f"p{page}": f"boards/{page}.obf" for page in range(PAGES)}
    yield "manifest.json", json.dumps({"format": "open-board-0.1", "root": "boards/0.obf", "paths": {"boards": boards}})
    for page in range(PAGES):
        yield f"boards/{page}.obf", json.dumps(board(page))


def gridset():
    yield "Settings0/settings.xml", "<GridSetSettings><StartGrid>Page 0</StartGrid></GridSetSettings>"
    for page in range(PAGES):
        cells = []
        for at, label, spoken, opens in words(page):
            runs = "".join(f"<s><r>{word}</r></s><s><r><![CDATA[ ]]></r></s>" for word in spoken.split())
            commands = f'<Command ID="Action.InsertText"><Parameter Key="text"><p>{runs}</p></Parameter></Command>'
            if opens is not None:
                commands += f'<Command ID="Jump.To"><Parameter Key="grid">Page {opens}</Parameter></Command>'
            cells.append(f'<Cell X="{at % COLUMNS}" Y="{at // COLUMNS}"><Content><Commands>{commands}</Commands>'
                         f"<CaptionAndImage><Caption>{label}</Caption></CaptionAndImage></Content></Cell>")
        grid = f"<GridGuid>{page:08}</GridGuid><ColumnDefinitions>{'<ColumnDefinition />' * COLUMNS}</ColumnDefinitions>"
        grid += f"<RowDefinitions>{'<RowDefinition />' * (BUTTONS // COLUMNS)}</RowDefinitions><Cells>{''.join(cells)}</Cells>"
        yield f"Grids/Page {page}/grid.xml", f"<Grid>{grid}</Grid>"


def asterics():
    def element(at, label, spoken, opens):
        actions = [{"modelName": "GridActionSpeakCustom", "speakText": {"en": spoken}}]
        actions += [] if opens is None else [{"modelName": "GridActionNavigate", "toGridId": f"g{opens}"}]
        return {"id": f"e{at}", "modelName": "GridElement", "type": "ELEMENT_TYPE_NORMAL", "x": at % COLUMNS, "y": at // COLUMNS,
                "width": 1, "height": 1, "label": {"en": label}, "actions": actions, "image": {"data": None}}

    grids = [{"id": f"g{page}", "modelName": "GridData", "label": {"en": f"Page {page}"}, "rowCount": BUTTONS // COLUMNS,
              "minColumnCount": COLUMNS, "gridElements": [element(*word) for word in words(page)]} for page in range(PAGES)]
    (folder / "large.grd").write_text(json.dumps({"grids": grids, "metadata": {"homeGridId": "g0"}}), "utf-8-sig")


def empty(data, keep=()):
    """A database of the fixtures in memory, without its rows."""
    database = sqlite3.connect(":memory:")
    database.deserialize(data)
    for (table,) in database.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite%'").fetchall():
        if table not in keep:
            database.execute(f'delete from "{table}"')
    return database


def saved(database):
    database.commit()
    database.execute("vacuum")
    return database.serialize()


def snap():
    database = empty((fixtures / "snap-usage.sps").read_bytes(), {"PageSetProperties"})
    (home,) = database.execute("select DefaultHomePageUniqueId from PageSetProperties").fetchone()
    unique = lambda page: home if page == 0 else f"44444444-4444-4444-8444-{page:012}"
    for page in range(PAGES):
        database.execute("insert into Page (Id, UniqueId, Title, PageType, Language) values (?, ?, ?, 0, 'en_GB')", (page + 1, unique(page), f"Page {page}"))
        database.execute("insert into PageLayout (Id, PageLayoutSetting, PageId) values (?, ?, ?)", (page + 1, f"{COLUMNS},{BUTTONS // COLUMNS},False,0", page + 1))
        for at, label, spoken, opens in words(page):
            number = page * BUTTONS + at + 1
            database.execute("insert into ElementReference (Id, ElementType, PageId) values (?, 0, ?)", (number, page + 1))
            database.execute("insert into ElementPlacement (GridPosition, GridSpan, Visible, ElementReferenceId, PageLayoutId) values (?, '1,1', 1, ?, ?)",
                             (f"{at % COLUMNS},{at // COLUMNS}", number, page + 1))
            database.execute("insert into Button (Id, Label, Message, ContentType, UniqueId, ElementReferenceId) values (?, ?, ?, 6, ?, ?)",
                             (number, label, spoken, f"55555555-5555-4555-8555-{number:012}", number))
            if opens is not None:
                database.execute("insert into ButtonPageLink (ButtonId, PageUniqueId) values (?, ?)", (number, unique(opens)))
    (folder / "large.sps").write_bytes(saved(database))


def touchchat():
    with zipfile.ZipFile(fixtures / "touchchat.ce") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    vocabulary = next(name for name in parts if name.endswith(".c4v"))
    database = empty(parts[vocabulary], {"button_styles", "page_styles", "variables"})
    resource = lambda rid, name, kind: database.execute("insert into resources (rid, name, type) values (?, ?, ?)", (rid, name, kind)).lastrowid
    rid = lambda page: f"{{{page:08X}-00000007-0000000D-0000001D}}"
    for page in range(PAGES):
        database.execute("insert into pages (id, resource_id, page_style_id, button_style_id) values (?, ?, 1, 1)", (page + 1, resource(rid(page), f"Page {page}", 7)))
        database.execute("insert into button_boxes (id, resource_id, layout_x, layout_y) values (?, ?, ?, ?)", (page + 1, resource(f"box {page}", "", 6), COLUMNS, BUTTONS // COLUMNS))
        database.execute("insert into button_box_instances (page_id, button_box_id, position_x, position_y, size_x, size_y) values (?, ?, 0, 0, ?, ?)",
                         (page + 1, page + 1, COLUMNS, BUTTONS // COLUMNS))
        for at, label, spoken, opens in words(page):
            own = resource(f"button {page}.{at}", label, 4)
            database.execute("insert into buttons (resource_id, label, message, visible, button_style_id) values (?, ?, ?, 1, 1)", (own, label, spoken))
            database.execute("insert into button_box_cells (button_box_id, resource_id, location, span_x, span_y) values (?, ?, ?, 1, 1)", (page + 1, own, at))
            if opens is not None:
                action = database.execute("insert into actions (resource_id, rank, code) values (?, 0, 8)", (own,)).lastrowid
                database.execute("insert into action_data (action_id, key, value) values (?, 0, ?)", (action, rid(opens)))
    database.execute("insert into special_pages (name, page_id) values ('HOME', 1)")
    packed("large.ce", {**parts, vocabulary: saved(database)}.items())


def logs():
    moment = lambda at: datetime(2024, 10, 3, 9) + timedelta(seconds=7 * at)
    said = lambda at: f"I said sentence {at % 700} about my school"
    events = [{"id": f"s1:{at}", "timestamp": f"{moment(at).isoformat()}Z", "type": "button", "label": f"word {at % 700}",
               "vocalization": said(at), "spoken": True, "board_id": "home", "modeling": at % 5 == 0} for at in range(EVENTS)]
    (folder / "large.obl").write_text(json.dumps({"format": "open-board-log-0.1", "user_id": "made:1", "sessions": [{"id": "s1", "type": "log", "events": events}]}))
    database = empty((fixtures / "grid3-history.sqlite").read_bytes())
    for at in range(700):
        database.execute("insert into Phrases values (?, ?, ?)", (at, said(at), f"<p><s><r>{said(at)}</r></s></p>"))
    for at in range(EVENTS):
        ticks = (moment(at) - datetime(1, 1, 1)) // timedelta(microseconds=1) * 10
        database.execute("insert into PhraseHistory values (?, ?, ?, null, null)", (at, at % 700, ticks))
    (folder / "large-history.sqlite").write_bytes(saved(database))


packed("large.obz", obz())
packed("large.gridset", gridset())
asterics()
snap()
touchchat()
logs()
