//! Large pages of memory: with very many accounts most of what the core waits for is the
//! translation of addresses.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// What says how glibc allocates memory.
const TUNABLES: &str = "GLIBC_TUNABLES";
/// Memory is asked for in large pages where the system has some to give.
const LARGE: &str = "glibc.malloc.hugetlb=1";

/// Has the allocator ask for large pages, unless the user said how it is to work. It reads that
/// only when a program starts, so the program starts once more in its own place; if that cannot be
/// done, it goes on as it is.
pub fn use_large_pages() {
    if !cfg!(target_env = "gnu") || std::env::var_os(TUNABLES).is_some() {
        return;
    }
    let mut arguments = std::env::args_os();
    let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) else { return };
    let mut again = Command::new(program);
    let _goes_on_as_it_is = again.arg0(name).args(arguments).env(TUNABLES, LARGE).exec();
}
