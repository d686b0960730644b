//! The lock is tried before anybody is let near the door.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(10);

/// Asks without a token and demands a 401: a gateway that answers anything else must not run.
pub(crate) async fn anonymous_is_refused(address: SocketAddr) -> anyhow::Result<()> {
    let status = tokio::time::timeout(PATIENCE, anonymous_status(reachable(address)))
        .await
        .context("the gateway does not answer its own trial call")??;
    if status != "401" {
        bail!("an anonymous request got HTTP {status} instead of 401: the gateway does not start");
    }
    Ok(())
}

/// A listener on all addresses is called on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn anonymous_status(address: SocketAddr) -> anyhow::Result<String> {
    let body = r#"{"query":"{__typename}"}"#;
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        crate::GRAPHQL_PATH,
        body.len(),
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    let head = String::from_utf8_lossy(&head);
    Ok(head.trim_start_matches("HTTP/1.1 ").to_owned())
}
