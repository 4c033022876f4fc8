//! The form of a filter: names, operators and values, with their places. What they mean is not known here.

use super::FilterError;
use std::ops::Range;
use winnow::{
    LocatingSlice, ModalResult, Parser,
    ascii::{Caseless, digit1, multispace0},
    combinator::{alt, cut_err, delimited, eof, not, opt, peek, preceded, repeat, terminated},
    error::{ContextError, StrContext, StrContextValue},
    token::{any, literal, none_of, one_of, take_till, take_while},
};

type Input<'a> = LocatingSlice<&'a str>;

/// A whole filter.
#[derive(Debug, PartialEq)]
pub(super) struct Query {
    pub(super) condition: Option<Condition>,
    pub(super) group_by: Option<Word>,
    pub(super) order_by: Option<OrderBy>,
}

/// By what runs are to be listed.
#[derive(Debug, PartialEq)]
pub(super) struct OrderBy {
    pub(super) attribute: Word,
    pub(super) is_descending: bool,
}

/// Comparisons and how they are joined.
#[derive(Debug, PartialEq)]
pub(super) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Comparison(Comparison),
}

/// An attribute, and what it is compared with.
#[derive(Debug, PartialEq)]
pub(super) struct Comparison {
    pub(super) attribute: Word,
    /// Whether a NOT stands before the test.
    pub(super) is_negated: bool,
    pub(super) test: Test,
}

/// The comparisons that there are.
#[derive(Debug, PartialEq)]
pub(super) enum Test {
    Binary(Operator, Literal),
    Between(Literal, Literal),
    In(Vec<Literal>),
    StartsWith(Literal),
    IsNull,
}

/// The order of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) word: Word,
    /// Whether it stands in quotes; if not, it is a number, `true` or `false`.
    pub(super) is_quoted: bool,
}

/// A name or a value, with its place in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

pub(super) fn parse(text: &str) -> Result<Query, FilterError> {
    query.parse(LocatingSlice::new(text)).map_err(|error| {
        // The innermost rule knows best what was missing.
        let problem = match error.inner().context().find_map(expectation) {
            None => "this cannot be understood".to_owned(),
            Some(expected) => format!("expected {expected}"),
        };
        FilterError::new(text, error.offset(), problem)
    })
}

fn expectation(context: &StrContext) -> Option<&'static str> {
    match context {
        StrContext::Expected(StrContextValue::Description(expected)) => Some(expected),
        _ => None,
    }
}

fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

fn query(input: &mut Input<'_>) -> ModalResult<Query> {
    multispace0.parse_next(input)?;
    let is_clause = alt((keyword("GROUP"), keyword("ORDER"), eof.void()));
    let condition = match opt(peek(is_clause)).parse_next(input)? {
        Some(()) => None,
        None => Some(condition.parse_next(input)?),
    };
    let group_by = opt(group_by).parse_next(input)?;
    let order_by = opt(order_by).parse_next(input)?;
    let end = match order_by {
        Some(_) => "ASC, DESC or the end of the query: a list is in the order of one attribute",
        None => "AND, OR, GROUP BY, ORDER BY or the end of the query",
    };
    cut_err(eof).context(expected(end)).parse_next(input)?;
    Ok(Query {
        condition,
        group_by,
        order_by,
    })
}

fn group_by(input: &mut Input<'_>) -> ModalResult<Word> {
    (keyword("GROUP"), cut_err(keyword("BY")).context(expected("BY"))).parse_next(input)?;
    cut_err(name).parse_next(input)
}

fn order_by(input: &mut Input<'_>) -> ModalResult<OrderBy> {
    (keyword("ORDER"), cut_err(keyword("BY")).context(expected("BY"))).parse_next(input)?;
    let attribute = cut_err(name).parse_next(input)?;
    let direction = alt((keyword("ASC").value(false), keyword("DESC").value(true)));
    Ok(OrderBy {
        attribute,
        is_descending: opt(direction).parse_next(input)?.unwrap_or(false),
    })
}

fn condition(input: &mut Input<'_>) -> ModalResult<Condition> {
    let first = conjunction.parse_next(input)?;
    let rest: Vec<_> = repeat(0.., preceded(keyword("OR"), cut_err(conjunction))).parse_next(input)?;
    Ok(join(first, rest, Condition::Any))
}

fn conjunction(input: &mut Input<'_>) -> ModalResult<Condition> {
    let first = primary.parse_next(input)?;
    let rest: Vec<_> = repeat(0.., preceded(keyword("AND"), cut_err(primary))).parse_next(input)?;
    Ok(join(first, rest, Condition::All))
}

fn join(first: Condition, rest: Vec<Condition>, join: impl FnOnce(Vec<Condition>) -> Condition) -> Condition {
    if rest.is_empty() {
        return first;
    }
    let mut all = vec![first];
    all.extend(rest);
    join(all)
}

fn primary(input: &mut Input<'_>) -> ModalResult<Condition> {
    let closing = cut_err(symbol(")")).context(expected("AND, OR or `)`"));
    alt((
        delimited(symbol("("), cut_err(condition), closing),
        preceded(keyword("NOT"), cut_err(primary)).map(|condition| Condition::Not(Box::new(condition))),
        comparison.map(Condition::Comparison),
    ))
    .parse_next(input)
}

fn comparison(input: &mut Input<'_>) -> ModalResult<Comparison> {
    let attribute = name.parse_next(input)?;
    let (is_negated, test) = cut_err(alt((is_null, negatable)))
        .context(expected(
            "=, !=, <, <=, >, >=, [NOT] IN, [NOT] BETWEEN, [NOT] STARTS_WITH or IS [NOT] NULL",
        ))
        .parse_next(input)?;
    Ok(Comparison {
        attribute,
        is_negated,
        test,
    })
}

fn is_null(input: &mut Input<'_>) -> ModalResult<(bool, Test)> {
    keyword("IS").parse_next(input)?;
    let is_negated = opt(keyword("NOT")).parse_next(input)?.is_some();
    cut_err(keyword("NULL"))
        .context(expected("NULL or NOT NULL"))
        .parse_next(input)?;
    Ok((is_negated, Test::IsNull))
}

fn negatable(input: &mut Input<'_>) -> ModalResult<(bool, Test)> {
    if let Some((operator, value)) = opt((operator, cut_err(value))).parse_next(input)? {
        return Ok((false, Test::Binary(operator, value)));
    }
    let is_negated = opt(keyword("NOT")).parse_next(input)?.is_some();
    let between = cut_err((value, keyword("AND").context(expected("AND")), value));
    let mut test = alt((
        preceded(keyword("STARTS_WITH"), cut_err(value)).map(Test::StartsWith),
        preceded(keyword("IN"), cut_err(values)).map(Test::In),
        preceded(keyword("BETWEEN"), between).map(|(low, _, high)| Test::Between(low, high)),
    ));
    Ok((is_negated, test.parse_next(input)?))
}

fn operator(input: &mut Input<'_>) -> ModalResult<Operator> {
    alt((
        symbol("!=").value(Operator::NotEqual),
        symbol("<>").value(Operator::NotEqual),
        symbol("<=").value(Operator::LessOrEqual),
        symbol(">=").value(Operator::GreaterOrEqual),
        symbol("<").value(Operator::Less),
        symbol(">").value(Operator::Greater),
        symbol("=").value(Operator::Equal),
    ))
    .parse_next(input)
}

fn values(input: &mut Input<'_>) -> ModalResult<Vec<Literal>> {
    symbol("(").context(expected("`(`")).parse_next(input)?;
    let mut values = vec![value.parse_next(input)?];
    values.extend(repeat::<_, _, Vec<_>, _, _>(0.., preceded(symbol(","), value)).parse_next(input)?);
    symbol(")").context(expected("`,` or `)`")).parse_next(input)?;
    Ok(values)
}

fn name(input: &mut Input<'_>) -> ModalResult<Word> {
    let quoted = delimited('`', take_till(1.., '`'), '`');
    let plain = take_while(1.., is_part_of_name);
    word(alt((quoted, plain)).map(str::to_owned))
        .context(expected("an attribute's name"))
        .parse_next(input)
}

fn value(input: &mut Input<'_>) -> ModalResult<Literal> {
    let fraction = (
        opt(('.', digit1)),
        opt((one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1)),
    );
    let number = (opt(one_of(['+', '-'])), digit1, fraction).take();
    let truth = (
        alt((literal(Caseless("true")), literal(Caseless("false")))),
        not(one_of(is_part_of_name)),
    );
    let bare = alt((number, truth.take())).map(str::to_owned);
    alt((
        word(alt((quoted('\''), quoted('"')))).map(|word| (word, true)),
        word(bare).map(|word| (word, false)),
    ))
    .map(|(word, is_quoted)| Literal { word, is_quoted })
    .context(expected("a value: text in quotes, a number, true or false"))
    .parse_next(input)
}

/// Text in quotes; a backslash or a second quote takes the next one literally.
fn quoted<'a>(quote: char) -> impl Parser<Input<'a>, String, winnow::error::ErrMode<ContextError>> {
    let character = alt((preceded('\\', any), preceded(quote, quote), none_of(quote)));
    delimited(quote, repeat(0.., character), quote)
}

fn word<'a, P>(text: P) -> impl Parser<Input<'a>, Word, winnow::error::ErrMode<ContextError>>
where
    P: Parser<Input<'a>, String, winnow::error::ErrMode<ContextError>>,
{
    terminated(text.with_span(), multispace0).map(|(text, span)| Word { text, span })
}

fn symbol<'a>(symbol: &'static str) -> impl Parser<Input<'a>, (), winnow::error::ErrMode<ContextError>> {
    (literal(symbol), multispace0).void()
}

fn keyword<'a>(keyword: &'static str) -> impl Parser<Input<'a>, (), winnow::error::ErrMode<ContextError>> {
    (literal(Caseless(keyword)), not(one_of(is_part_of_name)), multispace0).void()
}

fn is_part_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
