//! What the tests of the sink share: a PostgreSQL, a chain made up, and how to compare the two.

pub mod chain;
pub mod cluster;
pub mod rows;
