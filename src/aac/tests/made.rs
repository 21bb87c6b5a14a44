//! Files as devices write them, made here: other encodings, missing parts, other names for the same thing.

use super::*;

const PAGE: &str = r#"{"format":"open-board-0.1","id":"p","locale":"en","name":"Page","grid":{"rows":1,"columns":2,
"order":[["1",2]]},"buttons":[{"id":1,"label":"yes"},{"id":"2","label":"no","hidden":true,"vocalization":"No, thank you"}]}"#;

fn wide(text: &str) -> Vec<u8> {
    let letters = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xFF, 0xFE].into_iter().chain(letters).collect()
}

#[test]
fn a_page_is_read_however_its_letters_are_written() {
    let alike = reading(PAGE.as_bytes());
    assert_eq!((alike.format, alike.said), (Format::Obf, Said::All));
    assert_eq!(labels(&alike), ["yes", "no"]);
    assert_eq!(alike.boards[0].cells[1].spoken.as_deref(), Some("No, thank you"));
    for bytes in [
        [b"\xEF\xBB\xBF", PAGE.as_bytes()].concat(),
        wide(PAGE),
        PAGE.replace('\n', "\r\n").into_bytes(),
        format!("\n\n/* a note */ {PAGE}\n\n").into_bytes(),
        PAGE.replace(r#""format":"open-board-0.1","#, "").into_bytes(),
    ] {
        assert_eq!(reading(&bytes).boards, alike.boards);
    }
}

#[test]
fn a_set_is_read_without_its_list_inside_a_folder_and_inside_another_zip() {
    let set = zipped(&[
        ("boards\\page.obf", PAGE.as_bytes()),
        ("__MACOSX/boards/._page.obf", b"rubbish"),
        ("readme.txt", b"hello"),
    ]);
    let alone = reading(&set);
    assert_eq!((alone.format, alone.said), (Format::Obz, Said::All), "{:?}", alone.problems);
    assert_eq!(labels(&alone), ["yes", "no"]);
    let log = sample("session.obl");
    let account = zipped(&[
        ("boards/home.obz", &set),
        ("logs/aac-logs-1.obl", &log),
        ("README.txt", b"x"),
        ("settings.json", b"{}"),
    ]);
    let account = reading(&account);
    assert_eq!((account.format, account.said), (Format::CoughdropExport, Said::All), "{:?}", account.problems);
    assert_eq!((account.boards.len(), account.events.len()), (1, 10));
}

#[test]
fn links_lead_to_pages_and_a_missing_page_is_told() {
    let home = r#"{"id":"h","name":"Home","buttons":[{"id":1,"label":"a","load_board":{"path":"./Boards/B.obf"}},
        {"id":2,"label":"c","load_board":{"path":"boards/c.obf"}}]}"#;
    let set = zipped(&[
        ("boards/b.obf", br#"{"id":"bee","name":"B","buttons":[]}"#),
        ("boards/home.obf", home.as_bytes()),
        ("manifest.json", br#"{"root":"boards/home.obf","paths":{}}"#),
    ]);
    let reading = reading(&set);
    assert_eq!(reading.boards[0].name, "Home");
    assert_eq!(reading.boards[0].cells[0].goes_to.as_deref(), Some("bee"));
    assert_eq!((reading.said, reading.problems.len()), (Said::Part, 1));
}

#[test]
fn links_and_a_start_page_that_are_written_as_ids_lead_to_their_pages() {
    let page = |id: &str, to: &str| {
        format!(r#"{{"id":"{id}","name":"{id}","buttons":[{{"id":1,"label":"go","load_board":{{"path":"{to}"}}}}]}}"#)
    };
    let (home, school) = (page("Home", "School"), page("School", "Home"));
    let list = br#"{"root":"Home","paths":{"boards":{"Home":"b.obf","School":"a.obf"}}}"#;
    let set = reading(&zipped(&[("manifest.json", list), ("a.obf", school.as_bytes()), ("b.obf", home.as_bytes())]));
    let told: Vec<_> =
        set.boards.iter().map(|board| (board.name.as_str(), board.cells[0].goes_to.as_deref())).collect();
    assert_eq!(told, [("Home", Some("School")), ("School", Some("Home"))]);
    assert_eq!(set.said, Said::All, "{:?}", set.problems);
}

#[test]
fn line_ends_that_lay_out_a_grid_set_are_not_among_its_words() {
    let page = "<Grid><Cells><Cell><Content><Commands><Command ID=\"Action.InsertText\"><Parameter Key=\"text\">
        <p>\n<s>\n<r>Yes,\nplease</r>\n</s>\n<s>\n<r>\n  <![CDATA[ ]]>\n </r>\n</s>\n<s><r>\n now\n</r></s></p></Parameter></Command></Commands></Content></Cell></Cells></Grid>";
    let found = reading(&zipped(&[("Grids/One/grid.xml", page.as_bytes())]));
    assert_eq!(found.boards[0].cells[0].spoken.as_deref(), Some("Yes,\nplease now"));
}

#[test]
fn a_grid_set_tells_written_words_word_lists_jumps_and_locks() {
    let page = r#"<Grid><GridGuid>x</GridGuid><ColumnDefinitions><ColumnDefinition/><ColumnDefinition/></ColumnDefinitions>
      <RowDefinitions><RowDefinition/></RowDefinitions><Cells>
      <Cell><Content><Commands><Command ID="Action.InsertText"><Parameter Key="text"><p><s><r>I</r></s><s><r><![CDATA[ ]]></r></s><s><r>am &amp; you</r></s></p></Parameter></Command></Commands><CaptionAndImage><Caption>I am</Caption></CaptionAndImage></Content></Cell>
      <Cell X="1"><Content><Commands><Command ID="Jump.To"><Parameter Key="grid">Two</Parameter></Command></Commands><CaptionAndImage><Caption>more</Caption></CaptionAndImage></Content></Cell>
      <Cell Y="1"><Content><ContentType>AutoContent</ContentType><ContentSubType>WordList</ContentSubType></Content></Cell>
      </Cells><WordList><Items><WordListItem><Text><s><r>cat</r></s></Text></WordListItem><WordListItem><Text><s><r>dog</r></s></Text></WordListItem></Items></WordList></Grid>"#;
    let settings = "<GridSetSettings><StartGrid>One</StartGrid></GridSetSettings>";
    let set = zipped(&[
        ("Grids/Two/grid.xml", b"\xEF\xBB\xBF<Grid><Cells/></Grid>"),
        ("Grids/One/grid.xml", page.as_bytes()),
        ("Settings0/settings.xml", settings.as_bytes()),
    ]);
    let found = reading(&set);
    assert_eq!((found.format, found.said), (Format::Gridset, Said::All), "{:?}", found.problems);
    let one = &found.boards[0];
    assert_eq!((one.name.as_str(), one.rows, one.columns), ("One", 2, 2));
    assert_eq!(labels(&found), ["I am", "more", "cat", "dog"]);
    assert_eq!(one.cells[0].spoken.as_deref(), Some("I am & you"));
    assert_eq!(one.cells[1].goes_to.as_deref(), Some("Two"));
    assert_eq!((one.cells[2].row, one.cells[3].row), (Some(1), None));
    let locked = reading(&zipped(&[("Grids/One/grid.xml", b"\x80\x81\x82\x83\x84\x85\x86\x87")]));
    assert_eq!((locked.format, locked.said), (Format::Gridsetx, Said::None));
    assert!(locked.message.contains("locked"));
}

#[test]
fn presses_are_read_without_a_head_and_in_small_ways_of_writing() {
    let log = "15:46:44 SPE \"h\"\r\n15:46:45 SEM \"hello \"\r\n15:46:46.10 WPR \"world \"\r\n";
    let found = reading(log.as_bytes());
    assert_eq!(found.format, Format::Lam);
    let kinds: Vec<_> = found.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Spelled, EventKind::Selected, EventKind::Predicted]);
    let other = "#Start logfile\n#Logfile created by DynaVox\nTime: 10:00:00 03/25/2009\nT:18:21:15 O:\"want\" G:\"page\"\nT:18:21:16 O:\"w\" -s\n";
    let other = reading(other.as_bytes());
    assert_eq!((other.format, other.events.len()), (Format::DynavoxLog, 2));
    assert_eq!(other.events[0].at.as_deref(), Some("2009-03-25T18:21:15"));
    assert_eq!(other.events[1].kind, EventKind::Spelled);
}

#[test]
fn tables_with_other_headings_and_plain_lines_are_read() {
    let table = "\u{feff}Date;Phrase;Type\r\n3 Oct 2024 09:15;\"I want; more\";spoken\r\n;go;deleted\r\n";
    let found = reading(table.as_bytes());
    assert_eq!((found.format, found.said), (Format::Csv, Said::All), "{:?}", found.problems);
    assert_eq!(found.events[0].text, "I want; more");
    assert_eq!(found.events[0].at.as_deref(), Some("2024-10-03T09:15:00"));
    assert_eq!(found.events[1].kind, EventKind::Deleted);
    let lines = reading(b"I like school\n\nDo you?\n");
    assert_eq!((lines.format, lines.events.len()), (Format::Text, 2));
    assert_eq!(lines.events[0].kind, EventKind::Unknown);
}

#[test]
fn a_log_with_hidden_words_and_moved_dates_says_so() {
    let hash = "ab".repeat(64);
    let log = format!(
        r#"{{"format":"open-board-log-0.1","anonymized":true,"sessions":[{{"events":[
        {{"type":"button","label":"{hash}","timestamp":"2000-01-01T10:00:05Z"}},
        {{"type":"button","label":"go","timestamp":"2000-01-01T10:00:00Z"}},{{"type":"action","action":"+s"}}]}}]}}"#
    );
    let found = reading(log.as_bytes());
    let told: Vec<_> = found.events.iter().map(|event| (event.text.as_str(), event.time_source)).collect();
    assert_eq!(told, [("go", TimeSource::Shifted), ("s", TimeSource::None), ("(word hidden)", TimeSource::Shifted)]);
}

#[test]
fn grids_say_the_words_of_their_actions() {
    let grids = r#"{"grids":[{"id":"b","label":"Zwei","gridElements":[]},{"id":"a","label":{"de":"Eins"},"rowCount":1,"gridElements":[
        {"x":0,"y":0,"label":{"de":"ja"},"actions":[{"modelName":"GridActionSpeakCustom","speakText":{"de":"Ja, bitte"}}]},
        {"x":1,"y":0,"label":{"de":"weiter"},"actions":[{"modelName":"GridActionNavigate","toGridId":"b"}],"hidden":true}]}],
        "metadata":{"homeGridId":"a"}}"#;
    let found = reading(grids.as_bytes());
    assert_eq!(found.boards[0].name, "Eins");
    let cells = &found.boards[0].cells;
    assert_eq!((cells[0].spoken.as_deref(), cells[1].spoken.as_deref()), (Some("Ja, bitte"), None));
    assert_eq!((cells[1].goes_to.as_deref(), cells[1].hidden), (Some("b"), true));
}

#[test]
fn grids_say_their_words_in_the_language_that_the_person_uses() {
    let grids = |language: &str| {
        let words = |en: &str, de: &str| serde_json::json!({"en": en, "de": de});
        let speaks =
            |kind: &str| serde_json::json!([{"modelName": kind, "speakText": words("Yes, please", "Ja, bitte")}]);
        let elements = serde_json::json!([
            {"x": 0, "y": 0, "label": words("yes", "ja"), "actions": speaks("GridActionSpeak")},
            {"x": 1, "y": 0, "label": words("please", ""), "actions": speaks("GridActionSpeakCustom")}]);
        let file = serde_json::json!({"grids": [{"id": "a", "label": words("One", ""), "gridElements": elements}],
            "metadata": {"localeConfig": {"contentLang": language}}});
        reading(&serde_json::to_vec(&file).expect("it is JSON"))
    };
    let told = |found: &Reading| {
        let spoken = |cell: &Cell| cell.spoken.clone().unwrap_or_default();
        (
            labels(found).join(" "),
            found.boards[0].cells.iter().map(spoken).collect::<Vec<_>>(),
            found.boards[0].language.clone(),
        )
    };
    let in_german = told(&grids("de"));
    assert_eq!(
        in_german,
        ("ja please".to_owned(), vec!["ja".to_owned(), "Ja, bitte".to_owned()], Some("de".to_owned()))
    );
    let in_none_of_them = told(&grids("fr"));
    assert_eq!(in_none_of_them.0, "yes please");
    assert_eq!(in_none_of_them.2.as_deref(), Some("en"));
}

#[test]
fn a_page_of_the_grid_2_is_read() {
    let page = r#"<?xml version="1.0"?><sensorygrid xmlns="http://schemas.sensorysoftware.com/2011/thegrid2"><grid><rows/><cells>
        <cell x="1" y="0"><caption>hello</caption></cell>
        <cell x="2" y="1"><caption>more</caption><commands><command><id>jump</id><parameter name="grid">two</parameter></command></commands></cell>
        <cell x="3" y="1"/></cells></grid></sensorygrid>"#;
    let found = reading(page.as_bytes());
    assert_eq!((found.format, found.said), (Format::Grid2, Said::All), "{:?}", found.problems);
    assert_eq!(labels(&found), ["hello", "more"]);
    assert_eq!(found.boards[0].cells[1].goes_to.as_deref(), Some("two"));
}

#[test]
fn ready_made_phrases_are_a_board_and_never_a_log() {
    let mut list = [2_u32, 0, 1].into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
    list.extend(b"\xFF\xFE\xFF\x02H\0i\0\x40\x42\x0f\0");
    let found = reading(&list);
    assert_eq!((found.format, found.events.len()), (Format::CommunicatorPhrases, 0));
    assert_eq!(labels(&found), ["Hi"]);
}

#[test]
fn what_we_cannot_read_is_named_and_kept() {
    for (bytes, format) in [
        (b"\x89PNG\r\n\x1a\n0000".to_vec(), Format::Other),
        (b"%PDF-1.7 ...".to_vec(), Format::Other),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f".to_vec(), Format::Unknown),
        (Vec::new(), Format::Unknown),
        (br#"{"hello":"world"}"#.to_vec(), Format::Unknown),
        (br#"[{"buttons":[{"label":"$53d6"}]}]"#.to_vec(), Format::Obfset),
        (zipped(&[("word/document.xml", b"<w/>")]), Format::Other),
        (
            b"<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"x\"><plist><dict/></plist>".to_vec(),
            Format::Other,
        ),
    ] {
        let found = reading(&bytes);
        assert_eq!((found.format, found.said), (format, Said::None));
        assert!(found.message.starts_with("We kept your file."), "{}", found.message);
        assert!(!found.problems.is_empty());
    }
}
