/// The sentences of the server by code. The server writes the English ones itself.
export const sentences = {
};
