//! Watches what a client sends, frame by frame, before anything of it is kept: a frame's announced length and the number
//! of frames are bounded here, since the WebSocket codec looks at a length only once the whole frame has arrived.

use std::{
    cell::Cell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Instant,
};

use actix_web::{dev::Payload, error::PayloadError, web::Bytes};
use futures::Stream;

use super::protocol::{Closing, MAX_FRAME, MAX_SUBSCRIPTIONS};

/// Messages a second that a client may send in the long run.
const RATE: f64 = 20.0;
/// Messages that it may send at once: as many as it takes to sign in and to subscribe to everything again.
const BURST: f64 = MAX_SUBSCRIPTIONS as f64 + 16.0;
/// Two bytes, eight of extended length, four of mask (RFC 6455, section 5.2).
const LONGEST_HEADER: usize = 14;

/// Opcodes (RFC 6455, section 5.2).
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;

/// Why the client's bytes are not read any further; shared with whoever reads them.
pub(crate) type Verdict = Rc<Cell<Option<Closing>>>;

/// The client's bytes, as long as they keep to the limits.
pub(crate) struct Guarded {
    bytes: Payload,
    meter: Meter,
    verdict: Verdict,
}

impl Guarded {
    pub(crate) fn new(bytes: Payload) -> (Self, Verdict) {
        let verdict = Verdict::default();
        (Self { bytes, meter: Meter::new(Instant::now()), verdict: Rc::clone(&verdict) }, verdict)
    }
}

impl Stream for Guarded {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let bytes = match ready!(Pin::new(&mut self.bytes).poll_next(context)) {
            Some(Ok(bytes)) => bytes,
            ended => return Poll::Ready(ended),
        };
        if let Err(closing) = self.meter.feed(&bytes, Instant::now()) {
            self.verdict.set(Some(closing));
            return Poll::Ready(Some(Err(PayloadError::Overflow)));
        }
        // A copy: what comes is a piece of the server's read buffer, all 8 KiB of which would stay in use until the
        // client's next message.
        Poll::Ready(Some(Ok(Bytes::copy_from_slice(&bytes))))
    }
}

/// Follows the frames in a stream of bytes.
#[derive(Debug)]
struct Meter {
    header: [u8; LONGEST_HEADER],
    header_length: usize,
    /// Bytes of the current frame that are still to come.
    payload: usize,
    /// Of the message that the current frame belongs to.
    message: usize,
    tokens: f64,
    refilled: Instant,
}

impl Meter {
    fn new(now: Instant) -> Self {
        Self { header: [0; LONGEST_HEADER], header_length: 0, payload: 0, message: 0, tokens: BURST, refilled: now }
    }

    fn feed(&mut self, mut bytes: &[u8], now: Instant) -> Result<(), Closing> {
        while let Some((first, rest)) = bytes.split_first() {
            if self.payload > 0 {
                let skipped = self.payload.min(bytes.len());
                self.payload -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            self.header[self.header_length] = *first;
            self.header_length += 1;
            bytes = rest;
            if let Some(length) = self.announced() {
                self.take_token(now)?;
                self.header_length = 0;
                self.payload = self.allow(length)?;
            }
        }
        Ok(())
    }

    /// The payload's length, once the header is complete.
    fn announced(&self) -> Option<u64> {
        let header = &self.header[..self.header_length];
        let (short, masked) = (u64::from(header.get(1)? & 0x7f), header.get(1)? & 0x80 != 0);
        let mask = if masked { 4 } else { 0 };
        let extended = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if header.len() < 2 + extended + mask {
            return None;
        }
        let long = header[2..2 + extended].iter().fold(0, |length, byte| length << 8 | u64::from(*byte));
        Some(if extended == 0 { short } else { long })
    }

    /// The frame's length, if it and the message that it continues are small enough.
    fn allow(&mut self, length: u64) -> Result<usize, Closing> {
        let length = usize::try_from(length).ok().filter(|length| *length <= MAX_FRAME).ok_or(Closing::TooBig)?;
        self.message = match self.header[0] & 0x0f {
            CONTINUATION => self.message + length,
            TEXT | BINARY => length,
            // Control frames may stand between the parts of a message.
            _ => self.message,
        };
        if self.message > MAX_FRAME { Err(Closing::TooBig) } else { Ok(length) }
    }

    fn take_token(&mut self, now: Instant) -> Result<(), Closing> {
        let elapsed = now.saturating_duration_since(self.refilled).as_secs_f64();
        self.tokens = (self.tokens + elapsed * RATE).min(BURST) - 1.0;
        self.refilled = now;
        if self.tokens < 0.0 { Err(Closing::RateExceeded) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A masked text frame.
    fn frame(length: usize) -> Vec<u8> {
        let mut frame = vec![0x81];
        match length {
            0..=125 => frame.push(0x80 | length as u8),
            126..=0xffff => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&(length as u16).to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(&[1, 2, 3, 4]);
        frame.resize(frame.len() + length, b'x');
        frame
    }

    #[test]
    fn frames_are_told_apart_however_they_are_cut() {
        let bytes: Vec<u8> = [0, 1, 125, 126, 5000, MAX_FRAME].into_iter().flat_map(frame).collect();
        for size in [1, 2, 3, 7, 1000, bytes.len()] {
            let now = Instant::now();
            let mut meter = Meter::new(now);
            for chunk in bytes.chunks(size) {
                assert_eq!(meter.feed(chunk, now), Ok(()));
            }
            assert_eq!((meter.tokens, meter.payload, meter.header_length), (BURST - 6.0, 0, 0));
        }
    }

    #[test]
    fn a_frame_that_is_too_large_is_refused_when_it_is_announced() {
        for length in [MAX_FRAME + 1, 0xffff, 1 << 20] {
            let mut meter = Meter::new(Instant::now());
            assert_eq!(meter.feed(&frame(length)[..14], Instant::now()), Err(Closing::TooBig));
        }
        let mut meter = Meter::new(Instant::now());
        let endless = [&[0x81, 0xff][..], &[0xff; 8], &[0; 4]].concat();
        assert_eq!(meter.feed(&endless, Instant::now()), Err(Closing::TooBig));
    }

    #[test]
    fn a_message_in_many_frames_is_no_larger() {
        let now = Instant::now();
        let mut meter = Meter::new(now);
        let parts = [(0x01, MAX_FRAME - 10), (0x09, 100), (0x80, 10), (0x01, 10), (0x80, MAX_FRAME)];
        let fed: Vec<_> = parts
            .into_iter()
            .map(|(first, length)| {
                let mut part = frame(length);
                part[0] = first;
                meter.feed(&part, now)
            })
            .collect();
        assert_eq!(fed, [Ok(()), Ok(()), Ok(()), Ok(()), Err(Closing::TooBig)]);
    }

    #[test]
    fn a_burst_is_fine_and_a_flood_is_not() {
        let now = Instant::now();
        let mut meter = Meter::new(now);
        let burst: Vec<u8> = (0..BURST as usize).flat_map(|_| frame(3)).collect();
        assert_eq!(meter.feed(&burst, now), Ok(()));
        let second: Vec<u8> = (0..RATE as usize).flat_map(|_| frame(3)).collect();
        assert_eq!(meter.feed(&second, now + Duration::from_secs(1)), Ok(()));
        assert_eq!(meter.feed(&frame(0), now + Duration::from_secs(1)), Err(Closing::RateExceeded));
    }
}
