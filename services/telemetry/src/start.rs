//! Beginning and ending: the providers that spans and metrics go through.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry::{KeyValue, global};
use opentelemetry_otlp::{MetricExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::delivery::{Client, Gate, QUEUE, State, Stripped};
use crate::{SPANS, metrics};

/// The longest one delivery may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest the end of the process waits for the last delivery.
const LAST: Duration = Duration::from_secs(5);

/// Where telemetry goes, and how much of it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The collector's base address, for OTLP over HTTP; `None` sends nothing.
    pub endpoint: Option<String>,
    /// The name of this process, unless the environment gives one (`OTEL_SERVICE_NAME`).
    pub name: String,
    /// The share of requests that are traced, 0 to 1.
    pub sampled: f64,
    /// The time between two deliveries of metrics.
    pub every: Duration,
}

/// Why telemetry cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is none.
    #[error("telemetry.endpoint is not an http or https address: give the collector's, such as http://127.0.0.1:4318")]
    Endpoint,
    /// The library's own.
    #[error("telemetry cannot begin: {0}")]
    Library(String),
}

/// What is to be ended with the process.
#[must_use = "what still waits is delivered by `stop`"]
#[derive(Debug)]
pub struct Telemetry {
    traces: SdkTracerProvider,
    metrics: Option<SdkMeterProvider>,
    state: Arc<State>,
}

/// Begins. The layer must be put into the process's subscriber, before the first request.
///
/// Without an address spans have ids and go nowhere: a trace can be followed through the logs all the same.
///
/// # Errors
/// What is wrong with the settings.
pub fn start<S>(settings: &Settings) -> Result<(Telemetry, impl Layer<S> + Send + Sync + use<S>), StartError>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let state = Arc::new(State::default());
    let resource = resource(&settings.name);
    let builder = SdkTracerProvider::builder().with_resource(resource.clone());
    let (traces, meters) = match &settings.endpoint {
        None => (builder.with_sampler(Sampler::AlwaysOff).build(), None),
        Some(endpoint) => {
            let way = Way::to(endpoint, &state)?;
            // By the trace's own number, whatever the caller's flag says: how much is kept is not the caller's choice,
            // and each process of a trace comes to the same.
            let sampler = Sampler::TraceIdRatioBased(settings.sampled);
            let traces = builder.with_sampler(sampler).with_span_processor(way.spans()?).build();
            let reader = PeriodicReader::builder(way.metrics()?)
                .with_interval(settings.every)
                .build();
            let meters = SdkMeterProvider::builder()
                .with_resource(resource)
                .with_reader(reader)
                .build();
            global::set_meter_provider(meters.clone());
            (traces, Some(meters))
        }
    };
    global::set_tracer_provider(traces.clone());
    let counted = state.clone();
    metrics::dropped(move || counted.dropped());
    let layer = tracing_opentelemetry::layer()
        .with_tracer(traces.tracer("samenzicht"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false)
        .with_level(false)
        .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == SPANS));
    Ok((
        Telemetry {
            traces,
            metrics: meters,
            state,
        },
        layer,
    ))
}

/// Who sends: what the environment says (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`), else our own name.
fn resource(name: &str) -> Resource {
    let resource = Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    if std::env::var_os("OTEL_SERVICE_NAME").is_some() {
        return resource.build();
    }
    let namespace = KeyValue::new("service.namespace", "samenzicht");
    resource
        .with_service_name(name.to_owned())
        .with_attribute(namespace)
        .build()
}

/// The collector's address with the client that reaches it.
struct Way {
    base: String,
    client: Arc<Client>,
    state: Arc<State>,
}

impl Way {
    fn to(endpoint: &str, state: &Arc<State>) -> Result<Self, StartError> {
        let url: url::Url = endpoint.parse().map_err(|_| StartError::Endpoint)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(StartError::Endpoint);
        }
        let client = Client::new(&url, PATIENCE, state.clone()).map_err(StartError::Library)?;
        Ok(Self {
            base: endpoint.trim_end_matches('/').to_owned(),
            client: Arc::new(client),
            state: state.clone(),
        })
    }

    fn spans(&self) -> Result<Gate, StartError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(Shared(self.client.clone()))
            .with_endpoint(format!("{}/v1/traces", self.base))
            .build()
            .map_err(|error| StartError::Library(error.to_string()))?;
        let exporter = Stripped {
            inner: exporter,
            state: self.state.clone(),
        };
        let batches = BatchConfigBuilder::default().with_max_queue_size(QUEUE).build();
        Ok(Gate {
            inner: BatchSpanProcessor::builder(exporter).with_batch_config(batches).build(),
            state: self.state.clone(),
        })
    }

    fn metrics(&self) -> Result<MetricExporter, StartError> {
        MetricExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(Shared(self.client.clone()))
            .with_endpoint(format!("{}/v1/metrics", self.base))
            .build()
            .map_err(|error| StartError::Library(error.to_string()))
    }
}

/// One client for spans and metrics.
#[derive(Debug)]
struct Shared(Arc<Client>);

#[async_trait::async_trait]
impl opentelemetry_http::HttpClient for Shared {
    async fn send_bytes(
        &self,
        request: opentelemetry_http::Request<opentelemetry_http::Bytes>,
    ) -> Result<opentelemetry_http::Response<opentelemetry_http::Bytes>, opentelemetry_http::HttpError> {
        self.0.send_bytes(request).await
    }
}

impl Telemetry {
    /// Delivers what still waits, for some seconds at most, and ends.
    pub async fn stop(self) {
        // Both wait for threads of their own.
        let ended = tokio::task::spawn_blocking(move || {
            let traces = self.traces.shutdown_with_timeout(LAST);
            let metrics = self
                .metrics
                .map_or(Ok(()), |metrics| metrics.shutdown_with_timeout(LAST));
            (traces.and(metrics).is_ok(), self.state.dropped())
        });
        if let Ok((delivered, dropped)) = ended.await
            && (!delivered || dropped > 0)
        {
            tracing::warn!(target: "telemetry", dropped, delivered, "not all spans reached the collector");
        }
    }
}
