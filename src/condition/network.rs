//! Internet addresses and the networks that they lie in.
//!
//! ```text
//! address = v4 / v6
//! v4      = number "." number "." number "." number      0 to 255, decimal, no zeros in front
//! v6      = 8 groups with ":" between them, or fewer and one "::" for at least one group of zeros
//! group   = 1 to 4 hexadecimal digits                    the last two groups may be written as v4
//! ```
//!
//! An IPv4 address is the IPv6 address that it is mapped to (`::ffff:a.b.c.d`, RFC 4291, section 2.5.5.2), so both
//! spellings are one address, and a prefix length counts 96 bits more than people write for IPv4. The texts that are
//! addresses are exactly those of Rust's [`core::net::IpAddr`]: no zone (`%eth0`), no port, no brackets, no spaces.

/// Bytes of an address.
const ADDRESS: usize = 16;

/// Bytes of a network: the length of its prefix in bits, 0 to 128, and an address in it.
pub const NETWORK: usize = 1 + ADDRESS;

/// The address in network byte order, unless the text is none.
///
/// ```
/// use pointsman::condition::network::address;
///
/// assert_eq!(address(b"192.0.2.1"), address(b"::ffff:c000:201"));
/// assert_eq!(address(b"192.0.2.256"), None);
/// ```
#[must_use]
#[inline(never)]
pub fn address(text: &[u8]) -> Option<[u8; 16]> {
    let mut groups = Groups { bytes: [0; ADDRESS], length: 0 };
    let mut gap = None;
    let mut rest = text;
    loop {
        rest = match rest {
            [b':', b':', rest @ ..] if gap.is_none() => {
                gap = Some(groups.length);
                if rest.is_empty() {
                    break;
                }
                rest
            }
            [b':', rest @ ..] if groups.length > 0 => rest,
            // Only in front of the first group: every other one ends with a `:`.
            _ => rest,
        };
        let end = rest.iter().position(|byte| *byte == b':').unwrap_or(rest.len());
        let (group, others) = rest.split_at_checked(end)?;
        #[expect(clippy::manual_contains, reason = "it would bring a search for long texts with it")]
        let is_v4 = group.iter().any(|byte| *byte == b'.');
        if !is_v4 {
            groups.group(group)?;
        } else if others.is_empty() {
            if groups.length == 0 && gap.is_none() {
                groups = Groups { bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0], length: 12 };
            }
            groups.v4(group)?;
        } else {
            return None;
        }
        if others.is_empty() {
            break;
        }
        rest = others;
    }
    groups.filled(gap)
}

/// Whether an address lies in one of the networks, which stand one after another, [`NETWORK`] bytes each.
///
/// ```
/// use pointsman::condition::network::{address, within};
///
/// let mut office = vec![96 + 24];
/// office.extend(address(b"192.0.2.0").unwrap());
/// assert!(within(&office, &address(b"192.0.2.77").unwrap()));
/// assert!(!within(&office, &address(b"192.0.3.77").unwrap()));
/// ```
#[must_use]
pub fn within(networks: &[u8], address: &[u8; 16]) -> bool {
    let address = u128::from_be_bytes(*address);
    networks.as_chunks::<NETWORK>().0.iter().any(|[length, network @ ..]| {
        // Equal addresses have 128 leading zeros between them, so no network with a longer prefix holds anything.
        (address ^ u128::from_be_bytes(*network)).leading_zeros() >= u32::from(*length)
    })
}

/// The start of an address.
struct Groups {
    bytes: [u8; ADDRESS],
    length: usize,
}

impl Groups {
    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.length)? = byte;
        self.length += 1;
        Some(())
    }

    fn group(&mut self, text: &[u8]) -> Option<()> {
        let group = number(text, 16, 4)?;
        self.push((group >> 8) as u8)?;
        self.push(group as u8)
    }

    fn v4(&mut self, text: &[u8]) -> Option<()> {
        let mut count = 0;
        for part in text.split(|byte| *byte == b'.') {
            if part.len() > 1 && part.starts_with(b"0") {
                return None;
            }
            self.push(u8::try_from(number(part, 10, 3)?).ok()?)?;
            count += 1;
        }
        (count == 4).then_some(())
    }

    /// The whole address, with zeros in its gap, which stands for a group at least.
    fn filled(mut self, gap: Option<usize>) -> Option<[u8; ADDRESS]> {
        let missing = ADDRESS - self.length;
        let Some(gap) = gap else { return (missing == 0).then_some(self.bytes) };
        if missing < 2 {
            return None;
        }
        for at in (gap..ADDRESS).rev() {
            let from = at.checked_sub(missing).filter(|from| *from >= gap);
            *self.bytes.get_mut(at)? = from.and_then(|from| self.bytes.get(from).copied()).unwrap_or(0);
        }
        Some(self.bytes)
    }
}

/// A number of one to `most` digits, which are at most four.
fn number(text: &[u8], radix: u16, most: usize) -> Option<u16> {
    if text.is_empty() || text.len() > most {
        return None;
    }
    text.iter().try_fold(0_u16, |number, byte| {
        let digit = char::from(*byte).to_digit(radix.into())?;
        Some(number.wrapping_mul(radix).wrapping_add(digit as u16))
    })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{address, within};
    use core::net::IpAddr;
    use proptest::prelude::*;
    use std::string::ToString;
    use std::vec::Vec;

    /// The standard library's reading.
    fn twin(text: &str) -> Option<[u8; 16]> {
        Some(match text.parse().ok()? {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        })
    }

    #[test]
    fn an_address_has_one_value_in_each_spelling() {
        for same in
            ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1", "0::ffff:c000:0201"]
        {
            assert_eq!(address(same.as_bytes()), twin("192.0.2.1"), "{same}");
        }
        assert_eq!(address(b"::"), Some([0; 16]));
    }

    #[test]
    fn every_group_and_number_has_its_limits() {
        let good = [
            "0.0.0.0",
            "255.255.255.255",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1::8",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "1:2:3:4:5:6:1.2.3.4",
            "::1.2.3.4",
            "1::",
            "1:2:3:4:5::1.2.3.4",
        ];
        for text in good {
            assert!(address(text.as_bytes()).is_some(), "{text}");
            assert_eq!(address(text.as_bytes()), twin(text), "{text}");
        }
        let none = [
            "",
            ".",
            ":",
            ":::",
            "1",
            "256.0.0.0",
            "1.2.3",
            "1.2.3.4.5",
            "01.2.3.4",
            "1.2.3.04",
            "1.2.3.",
            "1..2.3",
            "+1.2.3.4",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::",
            "::1:2:3:4:5:6:7:8",
            "1::2::3",
            "12345::",
            "g::",
            ":1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1.2.3.4::",
            "1.2.3.4:1::",
            "::1.2.3",
            "::1.2.3.4:1",
            "fe80::1%eth0",
            "[::1]",
            "1.2.3.4:80",
            " ::1",
            "::1 ",
            "1.2.3.4/8",
            "1:::2",
            "::1.2.3.4.5",
            "1:2:3:4:5:6::1.2.3.4",
        ];
        for text in none {
            assert_eq!(address(text.as_bytes()), None, "{text}");
            assert_eq!(twin(text), None, "{text}");
        }
    }

    fn network(length: u8, address: [u8; 16]) -> Vec<u8> {
        [&[length][..], &address].concat()
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_other() {
        let office = twin("198.51.100.64").unwrap();
        let is_in = |length: u8, text: &str| within(&network(length, office), &twin(text).unwrap());
        assert!(is_in(96 + 26, "198.51.100.64") && is_in(96 + 26, "198.51.100.127"));
        assert!(!is_in(96 + 26, "198.51.100.63") && !is_in(96 + 26, "198.51.100.128"));
        assert!(is_in(96, "8.8.8.8") && !is_in(96, "2001:db8::1") && is_in(0, "2001:db8::1"));
        assert!(is_in(128, "198.51.100.64") && !is_in(128, "198.51.100.65"));
        assert!(!is_in(129, "198.51.100.64") && !is_in(255, "198.51.100.64"), "no prefix is longer than an address");
        assert!(!within(&[], &office) && !within(&network(0, office)[..16], &office), "half a record is none");
        assert!(within(&[network(128, [7; 16]), network(0, office)].concat(), &office), "one of many is enough");
    }

    proptest! {
        #[test]
        fn texts_near_addresses_are_read_as_the_standard_library_reads_them(
            text in "((0|1|00|25[4-6]|f|1f|ffff|12345|1\\.2\\.3\\.4|)(:|::|\\.)){0,9}(0|1|ff|255|1\\.2\\.3\\.4|)",
        ) {
            prop_assert_eq!(address(text.as_bytes()), twin(&text));
        }

        #[test]
        fn what_the_standard_library_writes_is_read_back(bytes: [u8; 16], zero in 0..16_usize, v4: [u8; 4]) {
            let mut bytes = bytes;
            bytes[..zero].fill(0);
            prop_assert_eq!(address(IpAddr::from(bytes).to_string().as_bytes()), Some(bytes));
            let v4 = IpAddr::from(v4).to_string();
            prop_assert_eq!(address(v4.as_bytes()), twin(&v4));
        }

        #[test]
        fn a_prefix_is_compared_bit_by_bit(bytes: [u8; 16], flipped in 0..128_u8, length in 0..=128_u8) {
            let mut other = bytes;
            other[usize::from(flipped / 8)] ^= 0x80 >> (flipped % 8);
            prop_assert_eq!(within(&network(length, bytes), &other), length <= flipped);
        }

        #[test]
        fn any_bytes_are_safe(text: Vec<u8>, networks: Vec<u8>, of: [u8; 16]) {
            let _ = (address(&text), within(&networks, &of));
        }
    }
}
