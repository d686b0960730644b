//! The disk is full under the demo's SQLite file: what cannot be stored is refused, what cannot be logged is not shown,
//! nothing stands by half, and all goes on when there is room.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tests::caller::Caller;
use tests::processes::Process;
use tests::signals::{RECORD, input};
use tests::stand::Behind;
use tests::whole::halves;

use super::database::{CLEAR, Heard, told, until_whole};
use super::ground::table;

/// How large the disk is.
const SIZE: &str = "size=64m";
const READ: &str = "{ signals(first: 5) { nodes { id title } } }";

/// A small disk. Where nobody may mount one, the process itself is kept from letting a file grow.
struct Disk {
    folder: TempDir,
    mounted: bool,
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "none"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        let mounted = mount.is_ok_and(|status| status.success());
        println!(
            "a disk that is {}",
            if mounted { "mounted" } else { "a limit of the process" }
        );
        Self { folder, mounted }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    fn limit(process: &Process, bytes: &str) {
        let pid = process.id().to_string();
        let done = Command::new("prlimit")
            .args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")])
            .status();
        assert!(
            done.expect("`prlimit` is there").success(),
            "a process of ours can be limited"
        );
    }

    /// Takes all the room that is left.
    fn fill(&self, process: &Process) {
        if !self.mounted {
            return Self::limit(process, "4096");
        }
        let mut filler = std::fs::File::create(self.filler()).expect("a file");
        for size in [65_536, 4096, 1] {
            while filler.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    /// Gives it back.
    fn clear(&self, process: &Process) {
        if self.mounted {
            std::fs::remove_file(self.filler()).expect("the file is there");
        } else {
            Self::limit(process, "unlimited");
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount").arg(self.path()).status();
        }
    }
}

/// Writes until it is refused, and on for a while; reads beside it.
async fn pressed(writer: &Caller, reader: &Caller) -> Heard {
    let mut heard = Heard {
        writes: Vec::new(),
        reads: BTreeMap::new(),
    };
    let mut refused = 0;
    while refused < 40 {
        let title = format!("last {}", heard.writes.len());
        assert!(heard.writes.len() < 4000, "the disk does not fill");
        let (code, _) = told(writer, RECORD, &json!({ "input": input(&title) })).await;
        refused += usize::from(code != "DONE");
        heard.writes.push((title, code));
        if refused == 0 {
            continue;
        }
        let (code, data) = told(reader, READ, &json!({})).await;
        assert!(code == "DONE" || data["signals"].is_null(), "{code}: {data:#}");
        *heard.reads.entry(code).or_default() += 1;
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let disk = Disk::new();
    let data = disk.path().join("data");
    std::fs::create_dir(&data).expect("a folder");
    let (mut demo, signer) = Process::demo(&data);
    let front = demo.address;
    let caller = |account: &str, purpose: &str| {
        Caller::at(format!("http://{front}/graphql"))
            .token(&signer.token(account, 3600))
            .purpose(purpose)
    };
    let (inspector, receiver) = (
        caller("ilt.inspector", "toezicht"),
        caller("igj.analyst", "risicoanalyse"),
    );
    let file = data.join("samenzicht.db");
    let behind = Behind::sqlite(&file).await;
    let before = halves(&behind).await;
    let seen = table(&receiver).await;
    behind.close().await;

    disk.fill(&demo);
    let heard = pressed(&inspector, &receiver).await;
    disk.clear(&demo);
    let took = until_whole(&receiver).await;
    let (code, _) = told(&inspector, RECORD, &json!({ "input": input("weer ruimte") })).await;
    assert_eq!(code, "DONE", "it goes on");
    assert!(took < Duration::from_secs(5), "{took:?}");

    let titles = "SELECT title FROM signal WHERE title LIKE 'last %'";
    let behind = Behind::sqlite(&file).await;
    heard.holds("the disk is full", &behind.texts(titles, vec![]).await, &CLEAR);
    assert!(
        heard.reads.keys().any(|code| code != "DONE"),
        "a read without its line is refused: {:?}",
        heard.reads
    );
    assert_eq!(halves(&behind).await, before, "nothing stands by half");
    assert_eq!(table(&receiver).await, seen, "the receiver sees what it saw");
    behind.close().await;

    // And what was left is whole to whoever starts on it.
    demo.crash();
    demo.again();
    let behind = Behind::sqlite(&file).await;
    heard.holds("and killed after it", &behind.texts(titles, vec![]).await, &CLEAR);
    assert_eq!(halves(&behind).await, before, "nothing stands by half after a start");
    behind.close().await;
}
