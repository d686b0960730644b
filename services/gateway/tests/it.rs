//! The gateway on a small federation; the two subgraphs are in `toy`.

mod federation;
mod toy;
