/** What the author's file exports. */
declare module 'mainspring:workflows';
