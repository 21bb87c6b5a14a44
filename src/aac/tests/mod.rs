//! The readers on whole files: the truth about the samples, files of every format made here, damaged and hostile ones.

mod damaged;
mod hostile;
mod made;
mod outside;
mod samples;

use super::*;

/// Reads bytes with the limits that a service uses.
fn reading(bytes: &[u8]) -> Reading {
    read(&bytes, Limits::default())
}

/// A sample of our own.
fn sample(name: &str) -> Vec<u8> {
    let place = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/aac").join(name);
    std::fs::read(place).expect("the sample is there")
}

/// All labels, page by page.
fn labels(reading: &Reading) -> Vec<&str> {
    reading.boards.iter().flat_map(|board| &board.cells).map(|cell| cell.label.as_str()).collect()
}

/// A zip file of stored parts.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut list = Vec::new();
    for (name, bytes) in parts {
        let at = file.len() as u32;
        let crc = crc32fast::hash(bytes);
        let shared = |out: &mut Vec<u8>| {
            out.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x59]);
            out.extend(crc.to_le_bytes());
            out.extend((bytes.len() as u32).to_le_bytes());
            out.extend((bytes.len() as u32).to_le_bytes());
            out.extend((name.len() as u16).to_le_bytes());
            out.extend([0, 0]);
        };
        file.extend(b"PK\x03\x04");
        shared(&mut file);
        file.extend(name.as_bytes());
        file.extend(*bytes);
        list.extend(b"PK\x01\x02\x14\0");
        shared(&mut list);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let at = file.len() as u32;
    file.extend(&list);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend((parts.len() as u16).to_le_bytes());
    file.extend((parts.len() as u16).to_le_bytes());
    file.extend((list.len() as u32).to_le_bytes());
    file.extend(at.to_le_bytes());
    file.extend([0, 0]);
    file
}
