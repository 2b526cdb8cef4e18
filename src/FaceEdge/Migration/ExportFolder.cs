using System.Globalization;
using System.Text;
using FaceEdge.Storage;

namespace FaceEdge.Migration;

/// <summary>
/// A folder of photos and a table: <c>PERSON/FACE.jpg</c> and <c>people.csv</c> with the original's three columns (the photo's name, the encoding
/// as a JSON array), the encoder and the person's name. Folders and files are private to this user. The table gets its name when the folder is whole.
/// </summary>
internal sealed class ExportFolder : IDisposable
{
    private readonly string _path;
    private readonly bool _isNew;
    private readonly StreamWriter _table;
    private readonly HashSet<string> _people = [];
    private bool _finished;

    /// <summary>Begins a folder.</summary>
    /// <exception cref="StorageException">It exists and is not empty, or can not be written.</exception>
    public ExportFolder(string path)
    {
        _path = Path.GetFullPath(path);
        if (File.Exists(_path) || (Directory.Exists(_path) && Directory.EnumerateFileSystemEntries(_path).Any()))
        {
            throw new StorageException(StorageProblem.Other, File.Exists(Partial)
                ? $"{_path} holds what is left of an export that was cut off. Delete it and try again."
                : $"{_path} exists already and is left as it is. Name a new folder.");
        }

        _isNew = !Directory.Exists(_path);

        _table = Do(() =>
        {
            PrivateFiles.CreateFolder(_path);
            return new StreamWriter(PrivateFiles.CreateNew(Partial), new UTF8Encoding(false)) { NewLine = "\r\n" }; // RFC 4180
        });
        Do(() =>
        {
            _table.WriteLine("Person,Person_Img,Face_Encoding,Encoder,Name");
            return true;
        });
    }

    private string Partial => Path.Combine(_path, "people.csv.partial");

    /// <summary>Adds a face.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public void Add(ExportedFace face, string encoder, float[] encoding) => Do(() =>
    {
        string name = "";
        if (face.Image is { } image)
        {
            name = $"{face.PersonId}/{face.FaceId}{Extension(image)}";
            string person = Path.Combine(_path, $"{face.PersonId}");
            if (_people.Add(person))
            {
                PrivateFiles.CreateFolder(person);
            }

            using FileStream file = PrivateFiles.CreateNew(Path.Combine(_path, name));
            file.Write(image);
        }

        string numbers = string.Join(",", encoding.Select(static value => value.ToString("R", CultureInfo.InvariantCulture)));
        _table.WriteLine($"{face.PersonId},{name},\"[{numbers}]\",{encoder},{Quoted(face.Name)}");
        return true;
    });

    /// <summary>Writes what is left and gives the table its name.</summary>
    /// <exception cref="StorageException">It could not be written.</exception>
    public void Finish() => Do(() =>
    {
        _table.Dispose();
        PrivateFiles.Sync(Partial);
        File.Move(Partial, Path.Combine(_path, "people.csv"));
        _finished = true;
        PrivateFiles.Sync(_path);
        return _finished;
    });

    /// <summary>Removes what was not finished, and nothing else; a folder that was there before stays.</summary>
    public void Dispose()
    {
        try
        {
            _table.Dispose();
        }
        catch (IOException)
        {
            // Not finished: why was told already, and a full disk would tell it again for the rest of the buffer.
        }

        if (!_finished)
        {
            Remove();
        }
    }

    private void Remove()
    {
        try
        {
            foreach (string person in _people)
            {
                Directory.Delete(person, recursive: true);
            }

            File.Delete(Partial);
            if (_isNew)
            {
                Directory.Delete(_path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next export into it says what to do.
        }
    }

    private static string Quoted(string? text) => text is null ? "" : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Extension(byte[] image) => image switch
    {
        [0x89, ..] => ".png",
        [(byte)'R', ..] => ".webp",
        _ => ".jpg",
    };

    private T Do<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(e, _path);
        }
    }
}
