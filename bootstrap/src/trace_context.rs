//! W3C Trace Context (<https://www.w3.org/TR/trace-context/>): which request a piece of work belongs to, carried from
//! the HTTP request through event, message and job.

use std::fmt;

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// The content of a `traceparent` header: trace, position in it, and whether it is sampled.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

impl TraceContext {
    /// A new trace, sampled.
    pub fn new_root() -> Self {
        Self { trace_id: rand::random::<u128>().max(1), span_id: new_span_id(), sampled: true }
    }

    /// The next step of the same trace.
    pub fn child(&self) -> Self {
        Self { span_id: new_span_id(), ..*self }
    }

    /// Parses a header. Anything malformed, all-zero or of version `ff` is `None`: the caller starts a new trace then.
    /// Versions after 00 may carry more fields, which are ignored (section 4 of the recommendation).
    pub fn parse(header: &str) -> Option<Self> {
        // 55 bytes is a complete version 00 header; the cut also fails where a character would be split.
        let (known, rest) = header.split_at_checked(55)?;
        let mut fields = known.split('-');
        let version = hex(fields.next()?, 2)?;
        let (trace, span, flags) = (fields.next()?, fields.next()?, fields.next()?);
        let complete = fields.next().is_none() && (rest.is_empty() || (version > 0 && rest.starts_with('-')));
        if version == 0xff || !complete {
            return None;
        }
        let (trace_id, span_id) = (hex(trace, 32)?, u64::try_from(hex(span, 16)?).ok()?);
        let sampled = hex(flags, 2)? & 1 == 1;
        (trace_id != 0 && span_id != 0).then_some(Self { trace_id, span_id, sampled })
    }

    /// The trace's id as 32 hexadecimal digits, for log lines.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    pub fn is_sampled(&self) -> bool {
        self.sampled
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceContext({self})")
    }
}

/// Runs `future` with `context` as the current one. A spawned task does not inherit it: pass it on explicitly.
pub async fn scope<F: Future>(context: TraceContext, future: F) -> F::Output {
    CURRENT.scope(context, future).await
}

/// The context of the innermost [`scope`] around the caller.
pub fn current() -> Option<TraceContext> {
    CURRENT.try_with(|context| *context).ok()
}

/// The current context, or a new trace for work that nobody asked for.
pub fn current_or_new() -> TraceContext {
    current().unwrap_or_else(TraceContext::new_root)
}

fn new_span_id() -> u64 {
    rand::random::<u64>().max(1)
}

/// Exactly `digits` lower-case hexadecimal digits; the recommendation forbids upper case.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let valid = text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    valid.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_header_survives_the_round_trip() {
        let context = TraceContext::parse(EXAMPLE).unwrap();
        assert_eq!(context.to_string(), EXAMPLE);
        assert_eq!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let root = TraceContext::new_root();
        assert_eq!(TraceContext::parse(&root.to_string()), Some(root));
    }

    #[test]
    fn a_child_stays_in_the_trace_with_a_place_of_its_own() {
        let parent = TraceContext::parse(EXAMPLE).unwrap();
        let child = parent.child();
        assert_eq!(child.trace_id(), parent.trace_id());
        assert_ne!(child.span_id, parent.span_id);
        assert!(child.is_sampled());
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = format!("cc{}-more", &EXAMPLE[2..]);
        assert_eq!(TraceContext::parse(&later), TraceContext::parse(EXAMPLE));
    }

    #[test]
    fn malformed_headers_are_refused() {
        for header in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473600-f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7+01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902é-01",
        ] {
            assert_eq!(TraceContext::parse(header), None, "{header}");
        }
    }

    #[tokio::test]
    async fn the_innermost_scope_is_current() {
        let (outer, inner) = (TraceContext::new_root(), TraceContext::new_root());
        assert_eq!(current(), None);
        scope(outer, async {
            assert_eq!(current(), Some(outer));
            scope(inner, async { assert_eq!(current_or_new(), inner) }).await;
            assert_eq!(current(), Some(outer));
        })
        .await;
    }
}
