//! `demo`: the whole platform on one machine, with synthetic data.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Runs the whole platform on this machine, with synthetic data on an embedded database.
///
/// Prints where to look, a token to paste and a query that answers at once. Ctrl-C stops it; starting it again finds
/// the data again.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Address and port of the front door; loopback only [default: demo.listen of the configuration]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Folder for its database and keys [default: demo.data of the configuration]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Throw the demo's data away and start over
    #[arg(long)]
    pub fresh: bool,
}
