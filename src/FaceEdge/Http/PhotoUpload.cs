namespace FaceEdge.Http;

/// <summary>
/// A photo read from a request into a pooled buffer: the multipart field <c>file</c>, or the body itself when it is an image. Forms are
/// looked through where they lie, because form binding copies every upload through a temporary file or a second buffer.
/// </summary>
internal sealed class PhotoUpload : IDisposable
{
    /// <summary>Room for a form's own lines and other fields beside the photo.</summary>
    private const long FormOverhead = 64 * 1024;

    /// <summary>What a buffer starts with at most: it grows with what arrives, so that a promise of 20 MB takes no memory from others.</summary>
    private const int FirstBuffer = 1024 * 1024;

    private readonly UploadBuffer _buffer;
    private int _length;
    private Range _photo = Range.All;

    private PhotoUpload(UploadBuffer buffer) => _buffer = buffer;

    /// <summary>The file's bytes, until this is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.Memory[.._length][_photo];

    /// <summary>Reads the photo of a request.</summary>
    /// <exception cref="RequestException">There is none, it is too large, or the multipart is malformed.</exception>
    public static async Task<PhotoUpload> ReadAsync(
        HttpRequest request, FaceEdgeOptions options, AdmissionGate gate, CancellationToken cancel)
    {
        string header = request.ContentType ?? "";
        string type = HeaderParameters.Value(header);
        bool isForm = type == "multipart/form-data";
        string boundary = isForm ? FormFile.BoundaryOf(header) : "";
        if (!isForm && !type.StartsWith("image/", StringComparison.Ordinal))
        {
            throw UploadErrors.NoFile(type.Length == 0 ? "The request has no content type." : $"The request's content type is {type}.");
        }

        // Before the body is asked for, so that a client that waits for 100 Continue need not send it.
        long most = options.Limits.MaxUploadBytes + (isForm ? FormOverhead : 0);
        if (request.ContentLength > most)
        {
            throw UploadErrors.TooLarge(options);
        }

        long expected = Math.Min(request.ContentLength ?? FirstBuffer, FirstBuffer);
        var upload = new PhotoUpload(new UploadBuffer(gate, expected + 1)); // One more, so that the end shows without growing.
        try
        {
            await upload.FillAsync(request.Body, request.ContentLength, most, options, cancel);
            upload.FindPhoto(isForm, boundary, options);
            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_buffer).Dispose();

    private void FindPhoto(bool isForm, string boundary, FaceEdgeOptions options)
    {
        Span<byte> body = _buffer.GetSpan()[.._length];
        FormPart? part = isForm ? FormFile.Find(body, boundary) : null;
        (int start, int length) = (part?.Data ?? Range.All).GetOffsetAndLength(_length);
        Span<byte> photo = body.Slice(start, length);
        if (length == 0)
        {
            throw UploadErrors.NoFile("The photo is empty.");
        }

        if (length > options.Limits.MaxUploadBytes)
        {
            throw UploadErrors.TooLarge(options);
        }

        if (PictureText.TryDecode(photo, part?.TransferEncoding ?? "", out Range picture))
        {
            (int offset, int decoded) = picture.GetOffsetAndLength(length);
            (start, length) = (start + offset, decoded);
        }
        else if (part is { } found)
        {
            FormFile.ThrowIfNoPicture(found, photo);
        }

        _photo = start..(start + length);
    }

    private async Task FillAsync(Stream body, long? announced, long most, FaceEdgeOptions options, CancellationToken cancel)
    {
        while (true)
        {
            if (_length == _buffer.Capacity)
            {
                // A client that has sent a mebibyte means what it said of the rest. One more byte, so that the end shows without growing.
                _buffer.Grow(_length, _length < announced ? announced.Value + 1 : 2L * _buffer.Capacity);
            }

            int read = await body.ReadAsync(_buffer.Memory[_length..], cancel);
            _length += read;
            if (_length > most)
            {
                throw UploadErrors.TooLarge(options);
            }

            if (read == 0)
            {
                return;
            }
        }
    }
}
