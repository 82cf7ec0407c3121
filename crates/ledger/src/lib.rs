//! The rules: objects, operations, market, upkeep. Never knows files, peers, threads or clocks.
