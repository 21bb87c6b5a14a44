//! Fuzzing: each reader of communication files, on honest samples that are changed at random (`change.rs`), in a process of
//! its own with the memory that `heard read` allows its child. Whatever comes, a reader answers honestly, in time and within
//! that memory.
//!
//! The changes are the same on every run, a few seconds in all. With `HEARD_TEST_LONG=1` each reader gets 40 seconds of changes
//! that nobody saw before, with another number so many seconds. Either way the figures are printed. A file that breaks a reader is kept in `target/tmp`.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant, SystemTime};

use heard::aac::{Format, Limits, Reading, Said, read};
use rustix::process::{Resource, Rlimit, setrlimit};
use seeds::{Dice, is_honest, one_of_each, sample, zipped};

mod change;
#[path = "../../src/aac/tests/seeds.rs"]
mod seeds;

/// What `heard read` gives its child, in memory and in time; here it is the time of a program that is not optimised.
const MEMORY: u64 = 200 << 20;
const PATIENCE: Duration = Duration::from_secs(4);

/// A reader, by what its samples are read as.
struct Reader {
    format: Format,
    seeds: Vec<change::Seed>,
}

/// All samples, by the reader that reads them: those of the other tests, richer ones, and the folder `HEARD_AAC_SAMPLES`.
fn readers() -> Vec<Reader> {
    let mut files: Vec<Vec<u8>> = one_of_each().into_iter().map(|(_, file)| file).chain(richer()).collect();
    let folder = std::env::var_os("HEARD_AAC_SAMPLES");
    for entry in folder.iter().flat_map(|folder| std::fs::read_dir(folder).expect("the folder of samples is there")) {
        let path = entry.expect("an entry of the folder").path();
        let about = path.extension().is_some_and(|end| end == "md") || path.ends_with("ground-truth.json");
        if path.is_file() && !about {
            files.push(std::fs::read(path).expect("the sample is there"));
        }
    }
    let mut readers: Vec<Reader> = Vec::new();
    for file in files {
        let format = read(&file.as_slice(), Limits::default()).format;
        let at = readers.iter().position(|reader| reader.format == format).unwrap_or_else(|| {
            readers.push(Reader { format, seeds: Vec::new() });
            readers.len() - 1
        });
        readers[at].seeds.push(change::Seed::new(file));
    }
    readers
}

/// Samples with more of what their formats can say.
fn richer() -> Vec<Vec<u8>> {
    let page = br#"{"format":"open-board-0.1","id":"h","locale":"en","name":"Home","license":{"author_email":"a@example.invalid"},
        "grid":{"rows":2,"columns":2,"order":[["1",null],["2","1"]]},"strings":{"en":{":yes":"Yes"}},"images":[{"id":"i","data":"data:,"}],
        "buttons":[{"id":"1","label":":yes","vocalization":"Yes, please","image_id":"i","hidden":true},
        {"id":"2","label":"+s","action":"+s","load_board":{"path":"boards/b.obf"}}],"sounds":[{"id":"s","path":"s.mp3"}]}"#;
    let set = zipped(&[
        ("manifest.json", br#"{"root":"boards/h.obf","paths":{"boards":{"h":"boards/h.obf"}}}"#),
        ("boards/h.obf", page),
        ("boards\\b.obf", page),
    ]);
    let grid = br#"<Grid><GridGuid>x</GridGuid><ColumnDefinitions><ColumnDefinition/></ColumnDefinitions><Cells>
        <Cell X="1" ColumnSpan="2"><Content><Commands><Command ID="Action.InsertText"><Parameter Key="text"><p><s><r>I</r></s><s><r><![CDATA[ ]]></r></s></p></Parameter></Command>
        <Command ID="Jump.To"><Parameter Key="grid">Two</Parameter></Command></Commands><CaptionAndImage><Caption>I &amp; you</Caption><Image>[widgit]a.emf</Image></CaptionAndImage></Content></Cell>
        <Cell Y="1"><Visibility>Hidden</Visibility><Content><ContentType>AutoContent</ContentType><ContentSubType>WordList</ContentSubType></Content></Cell>
        </Cells><WordList><Items><WordListItem><Text><s><r>cat</r></s></Text><Image>a</Image></WordListItem></Items></WordList></Grid>"#;
    let settings = b"<GridSetSettings><StartGrid>Two</StartGrid></GridSetSettings>";
    vec![
        page.to_vec(),
        zipped(&[("boards/home.obz", &set), ("logs/aac-logs-1.obl", &sample("session.obl")), ("README.txt", b"x")]),
        set,
        zipped(&[("Settings0/settings.xml", settings), ("Grids/One/grid.xml", grid), ("Grids/Two/grid.xml", grid)]),
        br#"{"grids":[{"id":"a","label":{"de":"Eins","en":"One"},"rowCount":2,"minColumnCount":3,"gridElements":[
            {"x":0,"y":0,"width":2,"label":{"de":"ja"},"hidden":true,"image":{"data":"data:,"},"actions":[{"modelName":"GridActionSpeakCustom","speakText":{"de":"Ja, bitte"}}]},
            {"x":1,"y":1,"label":"weiter","actions":[{"modelName":"GridActionNavigate","navType":"navigateToHomeGrid","toGridId":"b"},{"modelName":"GridActionAudio","dataBase64":"AA"}]}]}],
            "metadata":{"homeGridId":"a"}}"#.to_vec(),
        b"#Start logfile\n#Logfile created by DynaVox\nTime: 10:00:00 03/25/2009\nT:18:21:15 O:\"want\" G:\"page\"\nT:18:21:16 O:\"w\" -s\n".to_vec(),
        br#"<?xml version="1.0"?><sensorygrid xmlns="http://schemas.sensorysoftware.com/2011/thegrid2"><grid><title>T</title><cells>
            <cell x="2" y="1"><caption>more</caption><hidden>1</hidden><picture>p</picture><commands><command><id>jump</id><parameter name="grid">two</parameter></command>
            <command><id>type</id><parameter key="text">I want</parameter></command></commands></cell></cells></grid></sensorygrid>"#.to_vec(),
        "\u{feff}Date;Phrase;Type\r\n3 Oct 2024 09:15;\"I want; more\";spoken\r\n;go;deleted\r\n".as_bytes().to_vec(),
    ]
}

#[derive(Default)]
struct Tally {
    times: u64,
    /// How many were still read as files of this format, and how many of those to the end.
    known: u64,
    whole: u64,
    slowest: Duration,
}

#[test]
fn whatever_is_changed_in_a_file_its_reader_answers_honestly_in_time_and_within_its_memory() {
    // What takes more ends this process; `last` then tells which file it was.
    setrlimit(Resource::Data, Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) }).expect("a limit can be lowered");
    let long = std::env::var("HEARD_TEST_LONG").ok().map(|long| match long.parse() {
        Ok(seconds) if seconds > 1 => Duration::from_secs(seconds),
        _ => Duration::from_secs(40),
    });
    let first = match long {
        Some(_) => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_nanos() as u64,
        None => 0x5EED_0007,
    };
    let mut told = String::from(
        "format: files, of them read as such, and whole; seconds of the processor; slowest; most memory of the process\n",
    );
    for Reader { format, seeds } in readers() {
        let words = change::words(&seeds);
        let (began, at_work, mut tally) = (Instant::now(), worked(), Tally::default());
        let size = change::changed(&mut Dice(1), &seeds, &words, 0).len().max(4_000) as u64;
        let often = (40_000_000 / size).clamp(200, 700);
        let largest = if long.is_some() { 6 << 20 } else { 100 << 10 };
        forget_most_memory();
        while long.map_or(tally.times < often, |long| began.elapsed() < long) {
            let number = first.wrapping_add(tally.times);
            let mut dice = Dice(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
            let file = change::changed(&mut dice, &seeds, &words, largest);
            tally.add(format, number, &file);
        }
        let Tally { times, known, whole, slowest } = tally;
        assert!(known * 10 > times, "{format:?}: hardly any file reached its reader ({known} of {times})");
        let (seconds, memory) = ((worked() - at_work).as_secs_f64(), most_memory());
        told += &format!(
            "{format:?}: {times}, {known}, {whole}; {seconds:.1} s; {} ms; {memory} MiB\n",
            slowest.as_millis()
        );
    }
    // Past what the harness catches: the figures are wanted when all went well.
    std::io::stderr().write_all(told.as_bytes()).expect("the figures are printed");
}

impl Tally {
    fn add(&mut self, format: Format, number: u64, file: &[u8]) {
        let place = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        if file.len() > 1 << 20 {
            std::fs::write(place.join("last"), file).expect("the file is kept");
        }
        let before = worked();
        let came = catch_unwind(AssertUnwindSafe(|| {
            let reading = read(&file, Limits::default());
            let took = worked() - before;
            is_honest("it", &reading);
            assert!(took < PATIENCE, "it took {took:?}");
            (reading, took)
        }));
        let Ok((reading, took)) = came else {
            let kept = place.join(format!("{format:?}-{number}"));
            std::fs::write(&kept, file).expect("the file is kept");
            panic!("{format:?}: the file {} breaks a rule", kept.display());
        };
        self.times += 1;
        self.known += u64::from(reading.format == format);
        self.whole += u64::from(reading.format == format && reading.said == Said::All);
        self.slowest = self.slowest.max(took);
    }
}

/// How long this thread has had a processor: what else the machine does is no fault of a reader.
fn worked() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts time");
    Duration::from_nanos(told.split(' ').next().and_then(|first| first.parse().ok()).expect("a number"))
}

/// Lets the system count this process's most memory anew.
fn forget_most_memory() {
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux counts memory");
}

/// The most memory that the process had since then, in MiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux counts memory");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the line is there");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}
