//! What is measured, and how.

use anyhow::Context as _;
use hdrhistogram::Histogram;
use std::time::{Duration, Instant};

/// One measurement.
pub(crate) struct Measured {
    pub(crate) steps: u64,
    pub(crate) elapsed: Duration,
    /// Of one step, in microseconds.
    pub(crate) latency: Histogram<u64>,
    /// As the kernel counts them for this process. It counts whole folios, so small writes look larger than they are.
    pub(crate) bytes_written: u64,
    pub(crate) cpu: Duration,
}

impl Default for Measured {
    fn default() -> Self {
        Self {
            steps: 0,
            elapsed: Duration::ZERO,
            latency: histogram(),
            bytes_written: 0,
            cpu: Duration::ZERO,
        }
    }
}

impl Measured {
    /// Adds a measurement of the same.
    pub(crate) fn add(&mut self, other: Self) -> anyhow::Result<()> {
        self.steps += other.steps;
        self.elapsed += other.elapsed;
        self.latency.add(&other.latency)?;
        self.bytes_written += other.bytes_written;
        self.cpu += other.cpu;
        Ok(())
    }

    pub(crate) fn steps_per_second(&self) -> f64 {
        self.steps as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that half of the steps do not exceed; at least one microsecond.
    pub(crate) fn p50_micros(&self) -> f64 {
        self.latency.value_at_quantile(0.5).max(1) as f64
    }

    pub(crate) fn bytes_written_per_step(&self) -> f64 {
        self.bytes_written as f64 / self.steps as f64
    }
}

/// A measurement that has begun.
pub(crate) struct Measuring {
    began: Instant,
    bytes: u64,
    cpu: Duration,
}

impl Measuring {
    pub(crate) fn begin() -> anyhow::Result<Self> {
        Ok(Self {
            bytes: bytes_written()?,
            cpu: cpu_time()?,
            began: Instant::now(),
        })
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn end(self, steps: u64, latency: Histogram<u64>) -> anyhow::Result<Measured> {
        Ok(Measured {
            steps,
            elapsed: self.began.elapsed(),
            latency,
            bytes_written: bytes_written()? - self.bytes,
            cpu: cpu_time()? - self.cpu,
        })
    }
}

/// From a microsecond to a minute, to three digits.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are sensible")
}

pub(crate) fn micros(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX).max(1)
}

fn bytes_written() -> anyhow::Result<u64> {
    field("/proc/self/io", "write_bytes:")
}

/// What this process occupies, in bytes.
pub(crate) fn resident_bytes() -> anyhow::Result<u64> {
    Ok(field("/proc/self/status", "VmRSS:")? * 1024)
}

fn cpu_time() -> anyhow::Result<Duration> {
    const TICKS_PER_SECOND: u64 = 100;
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The command's name, in parentheses, may have spaces in it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|it| it.parse::<u64>().ok())
            .context("/proc/self/stat is odd")
    };
    Ok(Duration::from_millis(
        (ticks(11)? + ticks(12)?) * 1000 / TICKS_PER_SECOND,
    ))
}

fn field(file: &str, name: &str) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(file)?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .with_context(|| format!("no {name} in {file}"))?;
    let number = line.split_whitespace().next().unwrap_or_default();
    number.parse().with_context(|| format!("{name} in {file} is no number"))
}
