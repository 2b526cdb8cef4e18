namespace FaceEdge.SystemTests.Support;

/// <summary>The published folder once more, to damage: the binary is copied, as it looks beside itself, the rest is linked.</summary>
internal sealed class PublishCopy : IDisposable
{
    private readonly TempFolder _folder = new();

    public PublishCopy()
    {
        foreach (string path in Directory.GetFiles(Product.Folder, "*", SearchOption.AllDirectories))
        {
            string target = File(Path.GetRelativePath(Product.Folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (path == Product.Binary)
            {
                System.IO.File.Copy(path, target);
            }
            else
            {
                System.IO.File.CreateSymbolicLink(target, path);
            }
        }
    }

    public string Binary => File(Path.GetFileName(Product.Binary));

    public string File(string name) => _folder.File(name);

    /// <summary>Puts another content in place of a file, or nothing at all.</summary>
    public void Replace(string name, byte[]? content)
    {
        System.IO.File.Delete(File(name));
        if (content is not null)
        {
            System.IO.File.WriteAllBytes(File(name), content);
        }
    }

    public void Dispose() => _folder.Dispose();
}
