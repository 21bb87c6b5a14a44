//! The service, walked through its front doors.

#[test]
fn starts() {}
