//! Tells cargo to build again when a migration or an asset is added, because they are embedded.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=assets");
}
