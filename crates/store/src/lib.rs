//! Block log and snapshots on disk. Never knows rules: it moves bytes with checksums.
