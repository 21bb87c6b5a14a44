//! Imports go downhill only: a file uses its own floor's folder and anything on a lower floor (`src/lib.rs` draws them).

use super::queries::{place, sources};

/// The floors, lowest first. Among the features, a later one may use an earlier one, never the other way.
const FLOORS: [&[&str]; 11] = [
    &["config", "clock", "id", "memory", "stretch", "telemetry"],
    &["db", "storage", "jobs", "mail", "malware", "audit"],
    &["aac", "media"],
    &["html", "words", "web"],
    &["account"],
    &["area"],
    &["evidence"],
    &["intake"],
    &["prepare"],
    &["submission"],
    &["review"],
];

/// Above the features: retention, and on top the assembly, which may use everything.
const ABOVE: [&str; 1] = ["retention"];
const ASSEMBLY: [&str; 4] = ["main", "lib", "app", "cli"];

#[test]
fn no_file_uses_a_higher_floor() {
    let mut faults = Vec::new();
    for file in sources() {
        let here = place(&file);
        let room = room_of(&here);
        let Some(floor) = floor_of(&room) else {
            faults.push(format!("{here}: the room {room} is on no floor; add it to the map"));
            continue;
        };
        let text = std::fs::read_to_string(&file).expect("a source file can be read");
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in program.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for used in rooms_used(line) {
                match floor_of(&used) {
                    Some(other) if other > floor => faults.push(format!("{here}:{} uses {used}", number + 1)),
                    _ => {}
                }
            }
        }
    }
    assert!(faults.is_empty(), "these go uphill: {faults:#?}");
}

fn floor_of(room: &str) -> Option<usize> {
    if ASSEMBLY.contains(&room) {
        return Some(FLOORS.len() + 1);
    }
    if ABOVE.contains(&room) {
        return Some(FLOORS.len());
    }
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// `src/intake/spool.rs` is in the room `intake`, `src/clock.rs` in `clock`.
fn room_of(place: &str) -> String {
    let inside = place.trim_start_matches("src/");
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned()
}

/// The rooms after `crate::` on a line, `crate::{a, b}` too.
fn rooms_used(line: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for part in line.split("crate::").skip(1) {
        let inside = match part.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or_default(),
            None => part,
        };
        let names: Vec<&str> = if part.starts_with('{') { inside.split(',').collect() } else { vec![inside] };
        rooms.extend(names.into_iter().map(|name| {
            name.trim().chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
        }));
    }
    rooms.retain(|room: &String| floor_of(room).is_some());
    rooms
}
