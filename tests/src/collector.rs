//! A real collector, which `infra/collector` installs: everything that is sent to it by OTLP can be looked at.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::stand::any_port;

/// How long it may take to start, or to print what it got.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running collector; killed when dropped.
pub struct Collector {
    address: SocketAddr,
    child: Child,
    folder: TempDir,
}

impl Collector {
    /// Starts one on a port of its own.
    pub fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/collector");
        let found = Command::new(script).output().expect("infra/collector runs");
        let said = String::from_utf8_lossy(&found.stderr);
        assert!(found.status.success(), "infra/collector: {said}");
        let program = String::from_utf8(found.stdout).expect("a path");
        let folder = tempfile::tempdir().expect("a folder");
        let output = File::create(folder.path().join("received")).expect("a file");
        let address = any_port().local_addr().expect("loopback");
        let child = Command::new(program.trim())
            .args(["--port", &address.port().to_string()])
            // Prints what it gets as it gets it.
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(output)
            .spawn()
            .expect("the collector runs");
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(began.elapsed() < PATIENCE, "the collector does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { address, child, folder }
    }

    /// Its base address.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that it has printed, one text a line.
    pub fn received(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("received")).unwrap_or_default()
    }

    /// What it has received, once this holds of it.
    pub fn until(&self, what: &str, holds: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let began = Instant::now();
        let mut looked_at = 0;
        loop {
            let received = self.received();
            if received.len() > looked_at {
                looked_at = received.len();
                let lines = received.lines().filter_map(|line| serde_json::from_str(line).ok());
                let lines: Vec<Value> = lines.collect();
                if holds(&lines) {
                    return lines;
                }
            }
            assert!(began.elapsed() < PATIENCE, "{what} does not come; of {looked_at} bytes");
            std::thread::sleep(Duration::from_millis(250));
        }
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many of these are spans.
pub fn spans(lines: &[Value]) -> usize {
    lines.iter().filter(|line| line.get("spanId").is_some()).count()
}
