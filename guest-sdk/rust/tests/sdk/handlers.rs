use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{Activity, Failure, State, Workflow, workflow};

#[derive(Default)]
struct Basket {
    items: Vec<String>,
    paid: bool,
}

/// Collects items
/// until somebody pays.
#[workflow(name = "basket")]
impl Basket {
    #[run]
    async fn run(this: State<Self>, first: Option<String>) -> Result<Vec<String>, Failure> {
        this.write(|basket| basket.items.extend(first));
        this.until(|basket| basket.paid.then(|| basket.items.clone())).await
    }

    /// Puts an item in.
    #[signal(name = "put-in")]
    fn put_in(&mut self, item: String) {
        self.items.push(item);
    }

    #[signal]
    async fn look_up(this: State<Self>, code: u32) {
        if let Ok(item) = Activity::<String>::new("lookUp", (code,)).await {
            this.write(|basket| basket.items.push(item));
        }
    }

    #[signal]
    fn pay(&mut self) {
        self.paid = true;
    }

    /// How many there are.
    #[query]
    fn count(&self) -> usize {
        self.items.len()
    }

    #[query]
    fn item(&self, index: usize) -> Result<String, Failure> {
        self.items
            .get(index)
            .cloned()
            .ok_or_else(|| Failure::application("NoSuchItem", index))
    }

    #[update]
    fn rename(&mut self, index: usize, name: String) -> Result<String, Failure> {
        let item = self
            .items
            .get_mut(index)
            .ok_or_else(|| Failure::application("NoSuchItem", index))?;
        Ok(std::mem::replace(item, name))
    }

    #[validate(rename)]
    fn may_rename(&self, _index: usize, name: &str) -> Result<(), Failure> {
        if name.is_empty() {
            Err(Failure::application("NoName", "a name is not empty"))
        } else {
            Ok(())
        }
    }

    #[update]
    async fn wrap(this: State<Self>) -> Result<usize, Failure> {
        Activity::<()>::new("wrap", ()).await?;
        Ok(this.read(|basket| basket.items.len()))
    }
}

#[test]
fn signals_change_what_queries_see() {
    let mut run = TestRun::start::<Basket>((Some("pen".to_owned()),));
    run.signal("put-in", ("ink",));
    assert_eq!(run.query::<usize>("count", ()).unwrap(), 2);
    assert_eq!(run.query::<String>("item", (1,)).unwrap(), "ink");
    assert!(
        run.query::<String>("item", (2,))
            .unwrap_err()
            .is_application("NoSuchItem")
    );
    run.signal("pay", ());
    assert_eq!(run.commands(), [r#"complete ["pen","ink"]"#]);
}

#[test]
fn a_signal_that_comes_with_the_start_is_there_before_the_story() {
    let run = TestRun::start_with_signal::<Basket>((Some("pen".to_owned()),), "put-in", ("ink",));
    assert_eq!(run.query::<String>("item", (0,)).unwrap(), "ink");
}

#[test]
fn a_signal_that_does_not_fit_is_passed_over_and_logged() {
    let mut run = TestRun::start::<Basket>((None,));
    run.signal("put-in", (17,));
    assert_eq!(run.query::<usize>("count", ()).unwrap(), 0);
    assert!(run.log()[0].starts_with("Warn signal `put-in` was passed over: argument 1 (`item`)"));
}

#[test]
fn handlers_may_wait() {
    let mut run = TestRun::start::<Basket>((None,));
    run.signal("look_up", (4711,));
    assert_eq!(run.commands(), ["1: activity lookUp 4711"]);
    run.complete(1, "glue");
    assert_eq!(run.query::<usize>("count", ()).unwrap(), 1);
}

#[test]
fn updates_are_validated_and_answered() {
    let mut run = TestRun::start::<Basket>((Some("pen".to_owned()),));
    run.update("u1", "rename", (0, "quill")).unwrap();
    run.update("u2", "rename", (9, "quill")).unwrap();
    assert_eq!(
        run.commands(),
        [r#"update u1 complete "pen""#, "update u2 fail NoSuchItem: 9"]
    );
    assert!(
        run.update("u3", "rename", (0, ""))
            .unwrap_err()
            .is_application("NoName")
    );
    assert!(
        run.update("u4", "rename", ("zero", "x"))
            .unwrap_err()
            .is_application("InvalidArguments")
    );
    assert!(run.commands().is_empty());
    run.update("u5", "wrap", ()).unwrap();
    run.complete(1, &());
    assert_eq!(run.commands(), ["1: activity wrap", "update u5 complete 1"]);
}

#[test]
fn unknown_names_are_answered_with_the_known_ones() {
    let mut run = TestRun::start::<Basket>((None,));
    let failure = run.query::<()>("size", ()).unwrap_err();
    assert!(failure.is_application("UnknownQuery"));
    assert_eq!(
        failure.message(),
        "this workflow has no query `size`; it has: count, item"
    );
    let failure = run.update("u", "burn", ()).unwrap_err();
    assert_eq!(
        failure.message(),
        "this workflow has no update `burn`; it has: rename, wrap"
    );
}

#[test]
fn the_manifest_says_what_the_comments_say() {
    let manifest = format!("{:?}", Basket::definition());
    for part in [
        r#"name: Some("basket")"#,
        r"Collects items\nuntil somebody pays.",
        "Puts an item in.",
        "How many there are.",
    ] {
        assert!(manifest.contains(part), "{part} in {manifest}");
    }
}
