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

/// Bytes of a network: the length of its prefix in bits, 0 to 128, and an address in it, the lowest byte first.
pub const NETWORK: usize = 1 + size_of::<u128>();

/// The address as a number, unless the text is none.
///
/// ```
/// use pointsman::condition::network::address;
///
/// assert_eq!(address(b"192.0.2.1"), address(b"::ffff:c000:201"));
/// assert_eq!(address(b"192.0.2.256"), None);
/// ```
#[must_use]
#[inline(never)]
pub fn address(text: &[u8]) -> Option<u128> {
    let mut rest = text;
    let (mut address, mut count) = (0_u128, 0);
    // What stands in front of the `::`, and how many groups that is.
    let mut gap: Option<(u128, u32)> = None;
    loop {
        if let (None, [b':', b':', behind @ ..]) = (gap, rest) {
            (gap, address, rest) = (Some((address, count)), 0, behind);
            if rest.is_empty() {
                break;
            }
        } else if count > 0 {
            rest = rest.strip_prefix(b":")?;
        }
        let group = rest;
        let value = number(&mut rest, 16, 4)?;
        if rest.starts_with(b".") {
            rest = group;
            address = address << 32 | u128::from(v4(&mut rest)?);
            // An IPv4 address alone is mapped into the other ones.
            if count == 0 && gap.is_none() {
                (address, count) = (0xffff << 32 | address, 6);
            }
            count += 2;
            break;
        }
        address = address << 16 | u128::from(value);
        count += 1;
        if rest.is_empty() || count == 8 {
            break;
        }
    }
    let (mut front, before) = gap.unwrap_or((0, 8));
    for _ in before..8 {
        front <<= 16;
    }
    let is_whole = if gap.is_some() { count < 8 } else { count == 8 };
    (rest.is_empty() && is_whole).then_some(front | address)
}

/// Whether an address lies in one of the networks, which stand one after another, [`NETWORK`] bytes each.
///
/// ```
/// use pointsman::condition::network::{address, within};
///
/// let mut office = vec![96 + 24];
/// office.extend(address(b"192.0.2.0").unwrap().to_le_bytes());
/// assert!(within(&office, address(b"192.0.2.77").unwrap()));
/// ```
#[must_use]
pub fn within(networks: &[u8], address: u128) -> bool {
    networks
        .as_chunks::<NETWORK>()
        .0
        .iter()
        .any(|[length, network @ ..]| (address ^ u128::from_le_bytes(*network)).leading_zeros() >= u32::from(*length))
}

fn v4(rest: &mut &[u8]) -> Option<u32> {
    let mut address = 0;
    for part in 0..4 {
        if part > 0 {
            *rest = rest.strip_prefix(b".")?;
        }
        let digits = *rest;
        let value = number(rest, 10, 3)?;
        if value > 255 || digits.starts_with(b"0") && digits.len() - rest.len() > 1 {
            return None;
        }
        address = address << 8 | value;
    }
    Some(address)
}

/// Reads a number of at least one and at most so many digits.
#[inline(never)]
fn number(rest: &mut &[u8], radix: u32, most: u32) -> Option<u32> {
    let (mut number, mut count) = (0, 0);
    while let [byte, behind @ ..] = *rest
        && let Some(digit) = char::from(*byte).to_digit(radix)
        && count < most
    {
        (number, count, *rest) = (number * radix + digit, count + 1, behind);
    }
    (count > 0).then_some(number)
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
    fn twin(text: &str) -> Option<u128> {
        Some(match text.parse().ok()? {
            IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
            IpAddr::V6(address) => address.to_bits(),
        })
    }

    #[test]
    fn an_address_has_one_value_in_each_spelling() {
        for same in
            ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1", "0::ffff:c000:0201"]
        {
            assert_eq!(address(same.as_bytes()), twin("192.0.2.1"), "{same}");
        }
        assert_eq!(address(b"::"), Some(0));
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

    fn network(length: u8, address: u128) -> Vec<u8> {
        [&[length][..], &address.to_le_bytes()].concat()
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_other() {
        let office = twin("198.51.100.64").unwrap();
        let is_in = |length: u8, text: &str| within(&network(length, office), twin(text).unwrap());
        assert!(is_in(96 + 26, "198.51.100.64") && is_in(96 + 26, "198.51.100.127"));
        assert!(!is_in(96 + 26, "198.51.100.63") && !is_in(96 + 26, "198.51.100.128"));
        assert!(is_in(96, "8.8.8.8") && !is_in(96, "2001:db8::1") && is_in(0, "2001:db8::1"));
        assert!(is_in(128, "198.51.100.64") && !is_in(128, "198.51.100.65"));
        assert!(!is_in(129, "198.51.100.64") && !is_in(255, "198.51.100.64"), "no prefix is longer than an address");
        assert!(!within(&[], office) && !within(&network(0, office)[..16], office), "half a record is none");
        assert!(within(&[network(128, 7), network(0, office)].concat(), office), "one of many is enough");
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
            prop_assert_eq!(address(IpAddr::from(bytes).to_string().as_bytes()), Some(u128::from_be_bytes(bytes)));
            let v4 = IpAddr::from(v4).to_string();
            prop_assert_eq!(address(v4.as_bytes()), twin(&v4));
        }

        #[test]
        fn a_prefix_is_compared_bit_by_bit(address: u128, flipped in 0..128_u8, length in 0..=128_u8) {
            let other = address ^ 1 << (127 - flipped);
            prop_assert_eq!(within(&network(length, address), other), length <= flipped);
        }

        #[test]
        fn any_bytes_are_safe(text: Vec<u8>, networks: Vec<u8>, of: u128) {
            let _ = (address(&text), within(&networks, of));
        }
    }
}
