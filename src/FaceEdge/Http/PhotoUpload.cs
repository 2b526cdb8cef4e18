using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FaceEdge.Http;

/// <summary>
/// A photo read from a request into a pooled buffer: the multipart field <c>file</c>, or the body itself when it is an image.
/// Driven by hand, because form binding copies every upload through a temporary file or a second buffer.
/// </summary>
internal sealed class PhotoUpload : IDisposable
{
    /// <summary>RFC 2046 limits a boundary to 70 characters.</summary>
    private const int MaxBoundary = 70;

    /// <summary>What a first read asks for when the length is not known.</summary>
    private const int FirstBuffer = 128 * 1024;

    private const string HowTo = "Send the photo as the multipart field \"file\", e.g. curl -F file=@photo.jpg, or as the body with an image/* content type.";

    private byte[] _buffer;
    private int _length;

    private PhotoUpload(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>The file's bytes, until this is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the photo of a request.</summary>
    /// <exception cref="RequestException">There is none, it is too large, or the multipart is malformed.</exception>
    public static async Task<PhotoUpload> ReadAsync(HttpRequest request, FaceEdgeOptions options, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
        {
            throw NoFile("The request has no content type.");
        }

        Stream body;
        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            body = await FindFilePartAsync(request, type, cancel);
        }
        else if (type.Type.Equals("image", StringComparison.OrdinalIgnoreCase))
        {
            body = request.Body;
        }
        else
        {
            throw NoFile($"The request's content type is {type.MediaType}.");
        }

        long expected = Math.Min(request.ContentLength ?? FirstBuffer, options.Limits.MaxUploadBytes);
        var upload = new PhotoUpload((int)Math.Max(expected + 1, 1024));
        try
        {
            await upload.FillAsync(body, options, cancel);
            return upload._length > 0 ? upload : throw NoFile("The photo is empty.");
        }
        catch (Exception e)
        {
            upload.Dispose();
            throw Malformed(e, cancel) ?? e;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _length) = ([], 0);
        }
    }

    private static async Task<Stream> FindFilePartAsync(HttpRequest request, MediaTypeHeaderValue type, CancellationToken cancel)
    {
        string? boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > MaxBoundary)
        {
            throw new RequestException(400, "malformed", "The multipart content type has no usable boundary. " + HowTo);
        }

        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            string? others = null;
            while (await reader.ReadNextSectionAsync(cancel) is { } section)
            {
                if (!TryGetName(section, out string? name))
                {
                    continue;
                }

                if (name == "file")
                {
                    return section.Body;
                }

                others = others is null ? $"\"{name}\"" : $"{others}, \"{name}\"";
            }

            throw NoFile(others is null ? "The form has no parts." : $"The form has no field \"file\", only {Shortened(others)}.");
        }
        catch (Exception e)
        {
            throw Malformed(e, cancel) ?? e;
        }
    }

    private static bool TryGetName(MultipartSection section, [NotNullWhen(true)] out string? name)
    {
        name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition)
            ? HeaderUtilities.RemoveQuotes(disposition.Name).Value
            : null;
        return name is not null;
    }

    private async Task FillAsync(Stream body, FaceEdgeOptions options, CancellationToken cancel)
    {
        while (true)
        {
            if (_length == _buffer.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
                _buffer.AsSpan(0, _length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = larger;
            }

            int read = await body.ReadAsync(_buffer.AsMemory(_length), cancel);
            _length += read;
            if (_length > options.Limits.MaxUploadBytes)
            {
                throw new RequestException(413, "file_too_large", ErrorHandling.TooLarge(options));
            }

            if (read == 0)
            {
                return;
            }
        }
    }

    /// <summary>What <see cref="MultipartReader"/> throws for a broken or endless form, as the error of the contract; null for anything else.</summary>
    private static RequestException? Malformed(Exception e, CancellationToken cancel) =>
        e is IOException or InvalidDataException && e is not BadHttpRequestException && !cancel.IsCancellationRequested
            ? new RequestException(400, "malformed", $"The multipart form is broken: {e.Message} {HowTo}")
            : null;

    private static RequestException NoFile(string why) => new(400, "no_file", $"{why} {HowTo}");

    private static string Shortened(string names) => names.Length <= 200 ? names : names[..200] + "...";
}
