//! The gateway on a small federation; the two subgraphs are in `toy`.

mod audit;
mod door;
mod exposures;
mod failure;
mod federation;
mod life;
mod limits;
mod page;
mod streams;
mod toy;
mod travel;
