//! `mainspring dev`.

use super::AddressArgs;
use super::config::Config;
use super::host::Host;
use super::logging::{self, LogArgs};
use super::reload::{Watched, watch};
use crate::cli::output::print;
use crate::cli::render::style::{FAINT, GOOD, HEADING};
use crate::cli::{CliError, Exit, compiled};
use mainspring::engine::Settings;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::task::JoinSet;

/// How to run a server for development.
#[derive(Debug, clap::Args)]
pub(crate) struct DevArgs {
    /// Modules to push, each under its file's name, now and whenever the file changes; or sources, which are built now
    /// and whenever they are saved: a TypeScript file, a Python file or package, the directory of a Rust crate.
    #[arg(value_name = "MODULE.wasm|SOURCE")]
    modules: Vec<PathBuf>,
    /// The data directory, made if there is none.
    #[arg(long, default_value = ".mainspring", value_name = "DIRECTORY")]
    data: PathBuf,
    /// Keep everything in memory, and nothing once the server stops.
    #[arg(long, conflicts_with = "data")]
    ephemeral: bool,
    /// Let Temporal's test environments steer the clock: while they let it, time is skipped whenever nothing happens.
    #[arg(long, requires = "ephemeral")]
    skip_time: bool,
    #[command(flatten)]
    addresses: AddressArgs,
    #[command(flatten)]
    log: LogArgs,
}

impl DevArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut config = Config::default();
        self.addresses.apply(&mut config);
        // What happens is told on standard output already.
        config.log.filter = "warn".to_owned();
        self.log.apply(&mut config.log);
        logging::start(&config.log)?;

        let mut watched = self
            .modules
            .iter()
            .cloned()
            .map(Watched::new)
            .collect::<Result<Vec<_>, _>>()?;
        let mut settings = if self.ephemeral {
            Settings {
                skip_time: self.skip_time,
                ..Settings::ephemeral()
            }
        } else {
            Settings::at(&self.data)
        };
        // Whoever saved a workflow waits for it.
        settings.wasm.compile_in_parallel = true;
        settings.wasm.reuse_functions = true;
        settings.compiled = compiled::directory();
        let host = Host::open(settings, config.grpc_address, config.http_address).await?;
        let (engine, addresses) = (host.engine.clone(), (host.grpc_address, host.http_address));
        let on_their_way = engine.expect_modules();
        let developing = async {
            // It is served already; who starts a workflow waits for these.
            let mut types = Vec::new();
            for file in &mut watched {
                types.extend(file.push(&engine).await?);
            }
            drop(on_their_way);
            print(&self.welcome(addresses, types.first()))?;
            // Each by itself: one that is slow to build does not keep the others. They end with this.
            let watching: JoinSet<()> = watched
                .into_iter()
                .map(|watched| watch(watched, engine.clone()))
                .collect();
            watching.join_all().await;
            // There may be nothing to watch.
            std::future::pending().await
        };
        tokio::select! {
            ended = host.serve() => ended,
            failed = developing => failed,
        }
    }

    fn welcome(&self, (grpc, http): (SocketAddr, SocketAddr), workflow_type: Option<&String>) -> String {
        let data = if self.ephemeral {
            "in memory".to_owned()
        } else {
            self.data.display().to_string()
        };
        let kept = match self.ephemeral {
            true => "nothing is kept",
            false => "what has happened is kept",
        };
        let name = |name: &str| FAINT.paint(format_args!("  {name:5}"));
        let workflow_type = workflow_type.map_or("TYPE", String::as_str);
        // The commands need no address where it is the one that they look at by themselves.
        let address = match grpc == Config::default().grpc_address {
            true => String::new(),
            false => format!(" --address {grpc}"),
        };
        format!(
            "\n{} {}\n{}  {grpc}  for workers, clients and the `temporal` command\n{}  http://{http}  the same as JSON; /api/v1/openapi.json describes it\n{}  {data}\n\n\
             Start a workflow:  mainspring workflow start{address} --type {workflow_type} --task-queue QUEUE --input JSON --wait\n\
             Watch it:          mainspring workflow show{address} --follow ID\n\
             Stop with Ctrl-C; {kept}.\n\n",
            HEADING.paint("mainspring"),
            GOOD.paint("is ready"),
            name("gRPC"),
            name("HTTP"),
            name("Data"),
        )
    }
}
