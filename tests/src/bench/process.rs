//! What a process takes, as the system counts it.

use std::fs::read_to_string;

/// Ticks a second; Linux has told programs nothing else for decades.
const TICKS: f64 = 100.0;

/// The seconds of processor that a process has taken.
pub fn cpu_of(process: u32) -> f64 {
    let text = read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Its name, in brackets, may hold anything.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |place: usize| {
        fields
            .split_whitespace()
            .nth(place)
            .and_then(|field| field.parse::<u32>().ok())
    };
    f64::from(ticks(11).unwrap_or_default() + ticks(12).unwrap_or_default()) / TICKS
}

/// The mebibytes that a process has in memory.
pub fn memory_of(process: u32) -> u64 {
    kibibytes(process, "VmRSS:").unwrap_or_default() >> 10
}

/// The most kibibytes that a process has had in memory, since it began or since [`forget_peak`]; nothing once it has ended.
pub fn peak_of(process: u32) -> Option<u64> {
    kibibytes(process, "VmHWM:")
}

/// Lets a process's peak be what it has in memory now.
pub fn forget_peak(process: u32) {
    // Where the system does not let us, the peak stays what it was: more than it would be, never less.
    let _ = std::fs::write(format!("/proc/{process}/clear_refs"), "5");
}

fn kibibytes(process: u32, name: &str) -> Option<u64> {
    let text = read_to_string(format!("/proc/{process}/status")).ok()?;
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}
