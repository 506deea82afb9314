//! Networks in CIDR notation, as people write them.

use crate::condition::network;
use alloc::vec::Vec;

/// The network's record in a snapshot: how many leading bits count, and its first address; nothing if it is none.
///
/// `10.0.0.0/8` and `2001:db8::/32` are networks, an address alone is a network of itself. Bits behind the prefix must be
/// zero, so that a slip of the pen is seen.
pub(super) fn record(text: &str) -> Option<Vec<u8>> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let number = network::address(address.as_bytes())?;
    let most = if address.contains(':') { 128 } else { 32 };
    let bits: u8 = match prefix {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok()?
        }
        Some(_) => return None,
        None => most,
    };
    // An address of version 4 lies in the last 32 of 128 bits.
    let bits = if bits <= most { bits + (128 - most) } else { return None };
    let rest = number.checked_shl(u32::from(bits)).unwrap_or_default();
    (rest == 0).then(|| [[bits].as_slice(), &number.to_le_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn a_network_is_an_address_and_a_prefix_without_bits_behind_it() {
        assert_eq!(record("10.0.0.0/8").unwrap()[0], 104);
        assert_eq!(record("10.1.2.3").unwrap()[0], 128);
        assert_eq!(record("2001:db8::/32").unwrap()[13..], [0xb8, 0x0d, 0x01, 0x20]);
        assert_eq!(record("::/0").unwrap()[0], 0);
        for none in ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "::1/129", "example.com", "", "/8"] {
            assert_eq!(record(none), None, "{none}");
        }
    }
}
