//! Blocks, forks, pending transactions, production slots. Never knows sockets or what an operation does.
