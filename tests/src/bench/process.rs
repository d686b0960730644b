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
    let text = read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() >> 10
}
