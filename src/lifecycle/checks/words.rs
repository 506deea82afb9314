//! How long ago something was, as people say it.

use alloc::format;
use alloc::string::{String, ToString};

/// So many milliseconds ago.
#[must_use]
pub fn ago(milliseconds: i64) -> String {
    match milliseconds.max(0) / 1000 {
        0..=1 => "just now".to_string(),
        seconds @ 2..=119 => format!("{seconds} s ago"),
        seconds @ 120..=7199 => format!("{} min ago", seconds / 60),
        seconds @ 7200..=172_799 => format!("{} h ago", seconds / 3600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}
