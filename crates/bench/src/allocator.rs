//! Where memory comes from: an allocator that keeps what is small close together, large pages,
//! because with very many accounts most of what the core waits for is the translation of addresses,
//! and patience in giving memory back, because the system clears every page that it gives anew.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// What every program has that links this room.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What tells the allocator how to work, and what it is told: large pages where the system has some
/// to give, and so many milliseconds until what nobody used is given back.
const SETTINGS: [(&str, &str); 2] =
    [("MIMALLOC_ALLOW_LARGE_OS_PAGES", "1"), ("MIMALLOC_PURGE_DELAY", "10000")];

/// Tells the allocator how to work, but for what the user said of it. It reads that only when a
/// program starts, so the program starts once more in its own place; if that cannot be done, it
/// goes on as it is.
pub fn tune_allocator() {
    let is_open = |(name, _): &(&str, &str)| std::env::var_os(name).is_none();
    let open: Vec<(&str, &str)> = SETTINGS.into_iter().filter(is_open).collect();
    let mut arguments = std::env::args_os();
    let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) else { return };
    if open.is_empty() {
        return;
    }
    let mut again = Command::new(program);
    let _goes_on_as_it_is = again.arg0(name).args(arguments).envs(open).exec();
}
