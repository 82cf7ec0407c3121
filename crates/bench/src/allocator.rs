//! Where memory comes from: an allocator that keeps what is small close together, and large pages,
//! because with very many accounts most of what the core waits for is the translation of addresses.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// What every program has that links this room.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What tells the allocator whether to ask for large pages where the system has some to give.
const LARGE_PAGES: &str = "MIMALLOC_ALLOW_LARGE_OS_PAGES";

/// Has the allocator ask for large pages, unless the user said how it is to work. It reads that
/// only when a program starts, so the program starts once more in its own place; if that cannot be
/// done, it goes on as it is.
pub fn use_large_pages() {
    if std::env::var_os(LARGE_PAGES).is_some() {
        return;
    }
    let mut arguments = std::env::args_os();
    let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) else { return };
    let mut again = Command::new(program);
    let _goes_on_as_it_is = again.arg0(name).args(arguments).env(LARGE_PAGES, "1").exec();
}
